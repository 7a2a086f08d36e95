using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Docker.Models;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Docker;

[TestFixture]
[Parallelizable]
internal sealed class DockerEngineClientTests
{
    [TestCase("1.41", "1.12", "1.41")]
    [TestCase("1.99", "1.44", "1.54")]
    [TestCase("1.44", "1.44", "1.44")]
    public async Task Version_is_the_newest_that_both_know(string newest, string oldest, string expected)
    {
        using var engine = new ScriptedEngine { ApiVersion = newest, MinApiVersion = oldest }
            .On(HttpMethod.Get, "/_ping", HttpStatusCode.OK, "OK");
        using var client = engine.CreateClient();

        await client.PingAsync(CancellationToken.None);

        Assert.That(engine.Calls[^1], Is.EqualTo($"GET /v{expected}/_ping"));
    }

    [Test]
    public async Task Version_that_an_upgraded_engine_refuses_is_negotiated_anew()
    {
        using var engine = new ScriptedEngine();
        engine.On(HttpMethod.Get, "/_ping", request => request.RequestUri!.AbsolutePath == $"/v{engine.ApiVersion}/_ping"
            ? ScriptedEngine.Answer(HttpStatusCode.OK, "OK"u8.ToArray())
            : ScriptedEngine.Answer(HttpStatusCode.BadRequest, """{"message":"client version 1.41 is too old"}"""u8.ToArray()));
        using var client = engine.CreateClient();
        await client.PingAsync(CancellationToken.None);
        (engine.ApiVersion, engine.MinApiVersion) = ("1.52", "1.44");

        var refusal = (await Assert.ThrowsAsync<DockerEngineException>(() => client.PingAsync(CancellationToken.None)))!;
        await client.PingAsync(CancellationToken.None);

        Assert.That((refusal.StatusCode, refusal.Message), Is.EqualTo((HttpStatusCode.BadRequest, "client version 1.41 is too old")));
        Assert.That(engine.Calls.Skip(2), Is.EqualTo(new[] { "GET /v1.41/_ping", "GET /version", "GET /v1.52/_ping" }));
    }

    [TestCase("1.20", "1.12")]
    [TestCase("1.29", "1.29")]
    [TestCase("1.99", "1.80")]
    public async Task Engine_of_another_age_is_refused_with_both_ranges(string newest, string oldest)
    {
        using var engine = new ScriptedEngine { ApiVersion = newest, MinApiVersion = oldest };
        using var client = engine.CreateClient();

        var fault = (await Assert.ThrowsAsync<EngineUnavailableException>(() => client.PingAsync(CancellationToken.None)))!;

        Assert.That(fault.Message, Does.Contain($"{oldest} to {newest}").And.Contain("1.30 to 1.54"));
    }

    [Test]
    public async Task Engine_that_cannot_be_reached_is_unavailable()
    {
        using var engine = new ScriptedEngine();
        using var client = engine.CreateClient();

        var fault = (await Assert.ThrowsAsync<EngineUnavailableException>(() => client.PingAsync(CancellationToken.None)))!;

        Assert.That(fault.Message, Does.Contain("unix:///nowhere.sock").And.Contain("refused"));
    }

    [Test]
    public async Task Engine_that_takes_no_new_connections_is_away_though_it_obeys_on_old_ones()
    {
        const string Version = """{"ApiVersion":"1.41","MinAPIVersion":"1.12"}""";
        using var engine = ScriptedUpstream.Start();
        _ = engine.AnswerAllAsync($"HTTP/1.1 200 OK\r\nContent-Length: {Version.Length}\r\n\r\n{Version}");
        using var client = new DockerEngineClient(DockerEndpoint.Parse($"tcp://{engine.EndPoint}"), TimeProvider.System);
        var heard = new List<string?>();
        client.Heard = heard.Add;
        await client.StartContainerAsync("a", CancellationToken.None);

        engine.Dispose();
        await client.StartContainerAsync("a", CancellationToken.None);

        Assert.That(heard, Is.EqualTo(new string?[] { null, null }));
        await Assert.ThrowsAsync<EngineUnavailableException>(() => client.PingAsync(CancellationToken.None));
        Assert.That(heard[^1], Does.Contain("refused"));
    }

    [Test]
    public async Task Missing_container_is_told_from_other_errors()
    {
        using var engine = new ScriptedEngine()
            .On(HttpMethod.Get, "/containers/gone/json", HttpStatusCode.NotFound, """{"message":"No such container: gone"}""")
            .On(HttpMethod.Post, "/containers/create", HttpStatusCode.NotFound, """{"message":"No such image: x"}""")
            .On(HttpMethod.Post, "/containers/a/start", HttpStatusCode.InternalServerError, "plain words");
        using var client = engine.CreateClient();

        var gone = (await Assert.ThrowsAsync<ContainerNotFoundException>(
            () => client.InspectContainerAsync("gone", CancellationToken.None)))!;
        var create = (await Assert.ThrowsAsync<DockerEngineException>(
            () => client.CreateContainerAsync("n", [], CancellationToken.None)))!;
        var start = (await Assert.ThrowsAsync<DockerEngineException>(() => client.StartContainerAsync("a", CancellationToken.None)))!;

        Assert.That(gone.Message, Is.EqualTo("No such container: gone"));
        Assert.That((create.StatusCode, create.Message), Is.EqualTo((HttpStatusCode.NotFound, "No such image: x")));
        Assert.That(start.Message, Is.EqualTo("plain words"));
    }

    [Test]
    public async Task Create_sends_the_users_json_whole()
    {
        const string Body =
            """{"Image":"x","FieldOfTomorrow":{"a":[1,2.50,1e3,null]},"HostConfig":{"RestartPolicy":{"Name":"sometimes"}},"z":"\u00fc"}""";
        var sent = "";
        using var engine = new ScriptedEngine().On(HttpMethod.Post, "/containers/create", request =>
        {
            using var reader = new StreamReader(request.Content!.ReadAsStream());
            sent = $"{request.Content.Headers.ContentType} {reader.ReadToEnd()}";
            return ScriptedEngine.Answer(HttpStatusCode.Created, """{"Id":"made","Warnings":["careful"]}"""u8.ToArray());
        });
        using var client = engine.CreateClient();

        var id = await client.CreateContainerAsync("web r1", JsonNode.Parse(Body)!.AsObject(), CancellationToken.None);

        Assert.That((id, engine.Calls[^1]), Is.EqualTo(("made", "POST /v1.41/containers/create?name=web%20r1")));
        Assert.That(sent, Is.EqualTo($"application/json {Body}").IgnoreCase);
    }

    [Test]
    public async Task Names_stay_one_part_of_the_path()
    {
        using var engine = new ScriptedEngine()
            .On(HttpMethod.Get, "/images/", HttpStatusCode.OK, """{"Id":"i"}""")
            .On(HttpMethod.Get, "/containers/", HttpStatusCode.OK, """{"Id":"c"}""")
            .On(HttpMethod.Post, "/", HttpStatusCode.OK, "");
        using var client = engine.CreateClient();

        await client.Images.FindAsync("localhost:5000/app:r1", CancellationToken.None);
        await client.Images.TagAsync("sha256:1", ImageName.Parse("a/b:c"), CancellationToken.None);
        await client.InspectContainerAsync("../images/json?x#y", CancellationToken.None);
        await client.ConnectNetworkAsync("my net/1", "c", CancellationToken.None);

        Assert.That(engine.Calls.Skip(1), Is.EqualTo(new[]
        {
            "GET /v1.41/images/localhost%3A5000%2Fapp%3Ar1/json",
            "POST /v1.41/images/sha256%3A1/tag?repo=a%2Fb&tag=c",
            "GET /v1.41/containers/..%2Fimages%2Fjson%3Fx%23y/json",
            "POST /v1.41/networks/my%20net%2F1/connect",
        }));
    }

    [Test]
    public async Task Empty_names_are_not_asked_for()
    {
        using var engine = new ScriptedEngine();
        using var client = engine.CreateClient();

        await Assert.ThrowsAsync<ContainerNotFoundException>(() => client.InspectContainerAsync("", CancellationToken.None));
        Assert.That(await client.Images.FindAsync("", CancellationToken.None), Is.Null);
        await Assert.ThrowsAsync<DockerEngineException>(() => client.ConnectNetworkAsync("", "c", CancellationToken.None));
        Assert.That(engine.Calls, Has.None.Contains("/v1"));
    }

    [Test]
    public async Task Starting_what_runs_is_no_error()
    {
        using var engine = new ScriptedEngine().On(HttpMethod.Post, "/containers/a/start", HttpStatusCode.NotModified, "");
        using var client = engine.CreateClient();

        await client.StartContainerAsync("a", CancellationToken.None);

        Assert.That(engine.Calls, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Pull_adds_up_the_layers_and_sends_the_login()
    {
        const string Lines =
            """
            {"status":"Pulling fs layer","id":"a"}
            {"status":"Downloading","id":"a","progressDetail":{"current":10,"total":100}}
            {"status":"Downloading","id":"b","progressDetail":{"current":5,"total":50}}
            {"status":"Download complete","id":"a"}
            {"status":"Extracting","id":"a","progressDetail":{"current":1,"total":100}}
            """;
        var login = "";
        using var engine = new ScriptedEngine().On(HttpMethod.Post, "/images/create", request =>
        {
            login = request.Headers.GetValues("X-Registry-Auth").Single();
            return ScriptedEngine.Answer(HttpStatusCode.OK, Encoding.UTF8.GetBytes(Lines));
        });
        using var client = engine.CreateClient();
        var seen = new List<PullProgress>();

        await client.Images.PullAsync(
            ImageName.Parse("localhost:5000/app:r1"),
            new RegistryLogin { Username = "u", Password = "p?>" },
            TimeSpan.FromMinutes(1),
            seen.Add,
            CancellationToken.None);

        Assert.That(engine.Calls[^1], Does.EndWith("/images/create?fromImage=localhost%3A5000%2Fapp&tag=r1"));
        Assert.That((seen[^1].DoneBytes, seen[^1].TotalBytes), Is.EqualTo((105L, 150L)));
        Assert.That(Encoding.UTF8.GetString(Convert.FromBase64String(login.Replace('-', '+').Replace('_', '/'))),
            Is.EqualTo("""{"username":"u","password":"p?\u003E"}"""));
    }

    [Test]
    public async Task Error_inside_a_pull_that_began_well_fails_it()
    {
        using var engine = new ScriptedEngine().On(
            HttpMethod.Post, "/images/create", HttpStatusCode.OK, """{"status":"Pulling"}""" + "\n" + """{"errorDetail":{"message":"disk full"},"error":"disk full"}""");
        using var client = engine.CreateClient();

        var fault = (await Assert.ThrowsAsync<DockerEngineException>(() => client.Images.PullAsync(
            ImageName.Parse("app"), null, TimeSpan.FromMinutes(1), _ => { }, CancellationToken.None)))!;

        Assert.That(fault.Message, Is.EqualTo("disk full"));
    }

    [Test]
    public async Task Load_names_what_was_in_the_archive()
    {
        using var engine = new ScriptedEngine().On(
            HttpMethod.Post,
            "/images/load",
            HttpStatusCode.OK,
            """{"stream":"Loaded image: app:r1\n"}""" + "\n" + """{"stream":"Loaded image ID: sha256:1234\n"}""");
        using var client = engine.CreateClient();

        var loaded = await client.Images.LoadAsync(new MemoryStream(), TimeSpan.FromMinutes(1), _ => { }, CancellationToken.None);

        Assert.That(loaded, Is.EqualTo(new[] { "app:r1", "sha256:1234" }));
    }

    [Test]
    public async Task Archive_that_breaks_off_is_not_the_engines_absence([Values] bool isReadThroughTheClient, [Values] bool isTimeout)
    {
        Exception cause = isTimeout ? new TaskCanceledException("too slow") : new IOException("reset by the store");
        using var engine = new ScriptedEngine().On(HttpMethod.Post, "/images/load", request =>
        {
            if (isReadThroughTheClient)
            {
                // As a connection does it: the client wraps the fault.
                request.Content!.CopyToAsync(Stream.Null).GetAwaiter().GetResult();
            }

            request.Content!.ReadAsStream().CopyTo(Stream.Null);
            return ScriptedEngine.Answer(HttpStatusCode.OK, []);
        });
        using var client = engine.CreateClient();
        var heard = new List<string?>();
        client.Heard = heard.Add;

        var fault = (await Assert.ThrowsAsync<ArchiveBrokenException>(() => client.Images.LoadAsync(
            new BrokenStream(cause), TimeSpan.FromMinutes(1), _ => { }, CancellationToken.None)))!;

        Assert.That(fault.Message, Is.EqualTo($"it broke off: {cause.Message}"));
        Assert.That(heard, Is.All.Null, "its circuit stays closed");
    }

    [Test]
    public async Task Events_are_followed_from_the_last_one_seen()
    {
        using var engine = new ScriptedEngine().On(
            HttpMethod.Get,
            "/events",
            HttpStatusCode.OK,
            """{"Type":"container","Action":"die","Actor":{"ID":"a","Attributes":{"exitCode":"1"}},"timeNano":42}""");
        using var client = engine.CreateClient();
        var seen = new List<EngineEvent>();

        await foreach (var happened in client.FollowEventsAsync(1_500_000_000_000_000_007, CancellationToken.None))
        {
            seen.Add(happened);
        }

        Assert.That((seen.Single().Action, seen[0].ContainerId, seen[0].TimeNanoseconds), Is.EqualTo(("die", "a", 42L)));
        Assert.That(engine.Calls[^1], Contains.Substring("?since=1500000000.000000007&"));
    }

    [TestCase(-1L, "-1.999999999")]
    [TestCase(-1_000_000_000L, "-1.000000000")]
    public async Task Events_are_followed_by_a_clock_before_1970(long sinceNanoseconds, string since)
    {
        using var engine = new ScriptedEngine().On(HttpMethod.Get, "/events", HttpStatusCode.OK, "");
        using var client = engine.CreateClient();

        await foreach (var _ in client.FollowEventsAsync(sinceNanoseconds, CancellationToken.None))
        {
        }

        Assert.That(engine.Calls[^1], Contains.Substring($"?since={since}&"));
    }

    private sealed class BrokenStream(Exception cause) : MemoryStream
    {
        public override int Read(byte[] buffer, int offset, int count) => throw cause;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw cause;
    }
}
