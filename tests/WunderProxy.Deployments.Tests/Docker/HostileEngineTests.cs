using System.Net;
using System.Net.Sockets;
using System.Text;
using WunderProxy.Deployments.Docker;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Docker;

/// <summary>
/// What listens on the engine's socket and is none, an engine that ends in the middle of a call, and answers that do not
/// have the form that the Engine API defines.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class HostileEngineTests : IDisposable
{
    private const string Version = """{"ApiVersion":"1.41","MinAPIVersion":"1.12"}""";

    private readonly TemporaryDirectory _folder = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly List<string?> _heard = [];

    public void Dispose()
    {
        _listener.Dispose();
        _folder.Dispose();
    }

    [TestCase("SSH-2.0-OpenSSH_9.2\r\n")]
    [TestCase("+PONG\r\n")]
    [TestCase("\0\0\0\u0004\u0008\0\0\0\0\0\0")]
    [TestCase("\u0015\u0003\u0001\0\u0002\u0002\u0046")]
    [TestCase("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n")]
    [TestCase("")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n<html>hi</html>")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"ApiVersion\":1}")]
    [TestCase("HTTP/1.1 204 No Content\r\n\r\n")]
    [TestCase("HTTP/1.1 301 Moved Permanently\r\nLocation: https://x/\r\nContent-Length: 0\r\n\r\n")]
    [TestCase("HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nnot found")]
    public async Task Something_else_on_the_socket_is_no_engine(string answer)
    {
        using var client = Listen(_ => answer);

        var fault = (await Assert.ThrowsAsync<EngineUnavailableException>(() => client.PingAsync(CancellationToken.None)))!;

        Assert.That(fault.Message, Does.Contain(_folder.FullPath));
        Assert.That(_heard, Is.EqualTo(new[] { fault.Message }));
    }

    [Test]
    public async Task Call_that_the_engine_ends_is_not_answered(
        [ValueSource(typeof(EngineCalls), nameof(EngineCalls.Names))] string call,
        [Values("", "HTTP/1.1 200 OK\r\nTransf", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"Id\"")] string answer)
    {
        using var client = Listen(head => IsVersion(head) ? Whole(Version) : answer);

        var fault = (await Assert.ThrowsAsync<EngineUnavailableException>(() => EngineCalls.All[call](client)))!;

        Assert.That(fault.Message, Does.StartWith($"Docker engine at unix://{_folder.FullPath}/engine.sock "));
        Assert.That(_heard[^1], Is.EqualTo(fault.Message));
    }

    [Test]
    public async Task Log_that_the_engine_ends_is_not_answered()
    {
        using var client = Listen(head => IsVersion(head) ? Whole(Version)
            : head.Contains("/logs", StringComparison.Ordinal) ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            : Whole("""{"Id":"a","Config":{"Tty":true}}"""));

        var fault = (await Assert.ThrowsAsync<EngineUnavailableException>(() => client.ReadLogsAsync("a", 50, CancellationToken.None)))!;

        Assert.That(fault.Message, Does.EndWith("broke off in the middle of an answer"));
    }

    [Test]
    public async Task Engine_that_comes_back_with_another_version_is_asked_in_that_one()
    {
        var (asked, version, isGone) = (new List<string>(), Version, false);
        using var client = Listen(head =>
        {
            lock (asked)
            {
                asked.Add(head.Split(' ')[1]);
                return IsVersion(head) ? Whole(version) : isGone ? "HTTP/1.1 2" : Whole("OK");
            }
        });
        await client.PingAsync(CancellationToken.None);

        (isGone, version) = (true, """{"ApiVersion":"1.44","MinAPIVersion":"1.24"}""");
        await Assert.ThrowsAsync<EngineUnavailableException>(() => client.PingAsync(CancellationToken.None));
        isGone = false;
        await client.PingAsync(CancellationToken.None);

        Assert.That(asked, Is.EqualTo(new[] { "/version", "/v1.41/_ping", "/v1.41/_ping", "/version", "/v1.44/_ping" }));
    }

    [TestCase("list", """{"message":"a list was asked for"}""")]
    [TestCase("list", """[{"Id":"a","Names":7}]""")]
    [TestCase("list", """[{"Names":["/a"]}]""")]
    [TestCase("inspect", "<html>hi</html>")]
    [TestCase("inspect", "{}")]
    [TestCase("inspect", "null")]
    [TestCase("inspect", """{"Id":"a","State":"running"}""")]
    [TestCase("inspect", """{"Id":"a","Created":true}""")]
    [TestCase("inspect", """{"Id":"a","Config":{"StopTimeout":9223372036854775807}}""")]
    [TestCase("inspect", """{"Id":"a","HostConfig":{"RestartPolicy":{"Name":"sometimes"}}}""")]
    [TestCase("create", "<html>hi</html>")]
    [TestCase("create", """{"Id":7}""")]
    [TestCase("wait", """{"StatusCode":"none"}""")]
    [TestCase("image", "[]")]
    [TestCase("remove image", "{}")]
    [TestCase("pull", "<html>hi</html>")]
    [TestCase("pull", """{"status":"Pulling","id":7}""")]
    [TestCase("load", """{"stream":["Loaded image: a"]}""")]
    [TestCase("logs", """{"Id":"a"}""")]
    public async Task Answer_of_another_form_is_an_error_of_the_call_and_not_the_engines_absence(string call, string answer)
    {
        using var client = Listen(head => Whole(IsVersion(head) ? Version : answer));

        var fault = (await Assert.ThrowsAsync<DockerEngineException>(() => EngineCalls.All[call](client)))!;

        Assert.That(fault.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(fault.Message, Does.StartWith("the engine's answer cannot be read: "));
        Assert.That(_heard, Is.Not.Empty.And.All.Null, "its circuit stays closed");
    }

    [Test]
    public async Task Missing_fields_have_their_neutral_values()
    {
        using var client = Listen(head => Whole(IsVersion(head) ? Version
            : head.Contains("/images/", StringComparison.Ordinal) ? """{"Id":"i","Config":null}"""
            : head.Contains("json?all", StringComparison.Ordinal) ? """[{"Id":"a","Names":null,"Image":null,"Labels":null}]"""
            : """{"Id":"a","Name":null,"State":null,"Config":{"Labels":null},"NetworkSettings":{"Ports":{"1/tcp":null},"Networks":{"n":null}}}"""));

        var listed = (await client.ListContainersAsync(CancellationToken.None)).Single();
        var container = await client.InspectContainerAsync("a", CancellationToken.None);
        var image = await client.Images.FindAsync("i", CancellationToken.None);

        Assert.That((listed.Image, listed.Labels, listed.Names), Is.EqualTo(("", (object?)null, (object?)null)));
        Assert.That((container.Name, container.State.Running, container.State.StartedAt), Is.EqualTo(("", false, "")));
        Assert.That((container.StopTimeout, container.NetworkMode), Is.EqualTo(((long?)null, "")));
        Assert.That(container.Ports!["1/tcp"], Is.Null);
        Assert.That((container.Networks!.Count, image!.Labels, image.ExposedPorts.Count), Is.EqualTo((0, (object?)null, 0)));
    }

    [Test]
    public async Task Redirect_is_not_taken_for_success()
    {
        using var client = Listen(head => IsVersion(head)
            ? Whole(Version)
            : "HTTP/1.1 302 Found\r\nLocation: https://x/\r\nContent-Length: 0\r\n\r\n");

        var fault = (await Assert.ThrowsAsync<EngineUnavailableException>(() => client.StartContainerAsync("a", CancellationToken.None)))!;

        Assert.That(fault.Message, Does.EndWith("does not answer: status 302, which no Docker engine answers with"));
    }

    [Test]
    public async Task Error_whose_text_never_ends_can_be_left()
    {
        using var leaving = new CancellationTokenSource();
        var isAsked = new TaskCompletionSource();
        using var client = Listen(
            head =>
            {
                if (IsVersion(head))
                {
                    return Whole(Version);
                }

                isAsked.SetResult();
                return "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 100\r\n\r\n{";
            },
            staysOpen: true);

        var events = EngineCalls.ReadAllAsync(client.FollowEventsAsync(1, leaving.Token));
        await isAsked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await leaving.CancelAsync();

        Assert.That(async () => await events.WaitAsync(TimeSpan.FromSeconds(30)), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task Event_with_fields_of_unexpected_types_does_not_end_the_stream()
    {
        const string Events =
            """
            {"Type":"container","Action":"start","Actor":{"ID":"a","Attributes":{"exitCode":"1"}},"scope":"local","timeNano":1}
            {"Type":"container","Action":{"name":"die"},"Actor":{"ID":"a"},"timeNano":2}
            {"Type":"container","Action":"die","Actor":{"ID":["a"]},"timeNano":3}
            {"Type":"container","Action":"die","Actor":"a","timeNano":4}
            {"Type":"container","Action":"die","timeNano":5}
            {"Type":"container","Action":"\ud800","Actor":{"ID":"a"},"timeNano":6}
            {"Type":7,"Action":"oom","Actor":{"ID":"a","Attributes":[1]},"scope":{},"time":"now","timeNano":7}
            {"Type":"container","Action":"pause","Actor":{"ID":"a"},"timeNano":"8"}
            {"Type":"container","Action":"unpause","Actor":{"ID":"a"},"timeNano":1e300}
            {"Type":"container","Action":"oom","Actor":{"ID":"b"},"timeNano":9223372036854775807}
            {"Type":"container","Action":"oom","Actor":{"ID":"c"},"timeNano":-1}
            {"Type":null,"Action":null,"Actor":null,"timeNano":null}
            []
            null
            <html>

            {"Type":"container","Action":"destroy","Actor":{"ID":"a","Attributes":null},"timeNano":9}
            {"Type":"container","Action":"st
            """;
        using var client = Listen(head => Whole(IsVersion(head) ? Version : Events));

        var seen = await EngineCalls.ReadAllAsync(client.FollowEventsAsync(1, CancellationToken.None));

        Assert.That(seen, Is.EqualTo(new[] { "start a 1", "oom a 7", "pause a 7", "unpause a 7", "oom b 7", "oom c 7", "destroy a 9" }));
        Assert.That(_heard, Is.All.Null);
    }

    private static bool IsVersion(string head) => head.StartsWith("GET /version ", StringComparison.Ordinal);

    private static string Whole(string body) =>
        $"HTTP/1.1 200 OK\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    /// <summary>Answers each request on a connection of its own, and ends the connection unless it stays open.</summary>
    private DockerEngineClient Listen(Func<string, string> answer, bool staysOpen = false)
    {
        var path = Path.Combine(_folder.FullPath, "engine.sock");
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(16);
        _ = AcceptAsync(answer, staysOpen);
        return new DockerEngineClient(DockerEndpoint.Parse($"unix://{path}"), TimeProvider.System) { Heard = _heard.Add };
    }

    private async Task AcceptAsync(Func<string, string> answer, bool staysOpen)
    {
        while (true)
        {
            try
            {
                _ = AnswerAsync(new RawConnection(await _listener.AcceptAsync()), answer, staysOpen);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private static async Task AnswerAsync(RawConnection connection, Func<string, string> answer, bool staysOpen)
    {
        using (connection)
        {
            try
            {
                var head = await connection.ReadHeadAsync();
                await connection.SendAsync(answer(head));
                if (!staysOpen || IsVersion(head))
                {
                    connection.ShutdownSend();
                }

                // What is not read of the request would reset the connection, and the answer with it.
                await connection.WaitForEndAsync();
            }
            catch (Exception exception) when (exception is IOException or SocketException or TimeoutException)
            {
                // The client closed its connection first.
            }
        }
    }
}
