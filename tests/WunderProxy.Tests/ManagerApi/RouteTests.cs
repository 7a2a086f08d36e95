using System.Text;
using System.Text.Json.Nodes;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.ManagerApi;

namespace WunderProxy.Tests.ManagerApi;

[Parallelizable]
internal sealed class RouteTests
{
    private const string Json = "application/json";

    [TestCase("GET /nowhere", 404, "unknown_path")]
    [TestCase("GET /status/", 404, "unknown_path")]
    [TestCase("GET /config/", 404, "unknown_path")]
    [TestCase("GET /config/aa/bb", 404, "unknown_path")]
    [TestCase("POST /status", 405, "wrong_method")]
    [TestCase("GET /launch", 405, "wrong_method")]
    [TestCase("PUT /deploy", 405, "wrong_method")]
    [TestCase("DELETE /history", 405, "wrong_method")]
    [TestCase("OPTIONS /switch", 405, "wrong_method")]
    public async Task Call_that_no_route_takes_is_refused(string call, int status, string code)
    {
        await using var api = new ApiFixture();

        var response = await api.CallAsync(call, accept: Json);

        Assert.That(response.Status, Is.EqualTo(status));
        Assert.That(JsonNode.Parse(ApiFixture.TextOf(response))!["error"]!.GetValue<string>(), Is.EqualTo(code));
    }

    [TestCase("POST /status", "GET, HEAD, OPTIONS")]
    [TestCase("GET /launch", "POST")]
    public async Task Wrong_method_is_told_which_would_do(string call, string allow)
    {
        await using var api = new ApiFixture();

        var response = await api.CallAsync(call);

        Assert.That(response.Headers, Does.Contain(new KeyValuePair<string, string>("Allow", allow)));
    }

    [TestCase("POST /launch")]
    [TestCase("POST /switch")]
    [TestCase("POST /deploy")]
    [TestCase("POST /rollback")]
    [TestCase("POST /pause")]
    [TestCase("POST /resume")]
    [TestCase("POST /drain")]
    [TestCase("POST /undrain")]
    [TestCase("GET /config/00ff?unmasked=true")]
    public async Task Changing_call_and_unmasked_secret_need_the_token(string call)
    {
        await using var api = new ApiFixture(token: "secret");

        var without = await api.CallAsync(call, "00ff");
        var with = await api.CallAsync(call, "00ff", authorization: "Bearer secret");

        Assert.That(without.Status, Is.EqualTo(401));
        Assert.That(with.Status, Is.EqualTo(200));
    }

    [TestCase("GET /livez", 200)]
    [TestCase("GET /", 200)]
    [TestCase("GET /metrics", 200)]
    [TestCase("GET /history", 200)]
    [TestCase("GET /containers", 200)]
    [TestCase("GET /config/00ff", 200)]
    [TestCase("GET /status", 503)]
    [TestCase("HEAD /status", 503)]
    public async Task Reading_call_needs_no_token(string call, int status)
    {
        await using var api = new ApiFixture(token: "secret");

        Assert.That((await api.CallAsync(call)).Status, Is.EqualTo(status));
    }

    [TestCase("POST /launch")]
    [TestCase("POST /deploy")]
    [TestCase("GET /history")]
    [TestCase("GET /containers")]
    public async Task Forward_lacks_the_calls_that_need_containers(string call)
    {
        await using var api = new ApiFixture(hasLifecycle: false);

        Assert.That((await api.CallAsync(call)).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task Launch_answers_the_old_text()
    {
        await using var api = new ApiFixture();

        var response = await api.CallAsync("POST /launch?by=ada", "  0f1e2d3c4b5a69788796a5b4c3d2e1f0\n");

        Assert.That(response.Status, Is.EqualTo(200));
        Assert.That(
            ApiFixture.TextOf(response),
            Is.EqualTo("started container 01234567 with revision 0f1e2d3c listening on port 32768"));
        Assert.That(api.Lifecycle.Calls, Is.EqualTo(new[] { "launch 0f1e2d3c4b5a69788796a5b4c3d2e1f0 by ada" }));
    }

    [Test]
    public async Task Switch_answers_the_old_text()
    {
        await using var api = new ApiFixture();

        var response = await api.CallAsync("POST /switch", "0f1e2d3c4b5a69788796a5b4c3d2e1f0");

        Assert.That(ApiFixture.TextOf(response), Is.EqualTo("switched proxy to port 32768 of container 01234567"));
        Assert.That(api.Lifecycle.Calls, Is.EqualTo(new[] { "switch 0f1e2d3c4b5a69788796a5b4c3d2e1f0 by unix" }));
    }

    [TestCase("POST /launch", "Port,Method,Seconds")]
    [TestCase("POST /switch", "Port,Changed")]
    [TestCase("POST /deploy", "Method,Seconds,HistoryPending")]
    [TestCase("POST /rollback", "Method,Seconds,HistoryPending")]
    public async Task Result_as_json_has_its_keys(string call, string keys)
    {
        await using var api = new ApiFixture();

        var response = await api.CallAsync(call, "00ff", Json);

        var document = JsonNode.Parse(ApiFixture.TextOf(response))!.AsObject();
        Assert.That(response.ContentType, Is.EqualTo(Json));
        Assert.That(
            document.Select(property => property.Key),
            Is.EqualTo(new[] { "Hash", "Revision", "Container", "Address" }.Concat(keys.Split(','))));
    }

    [Test]
    public async Task Deploy_without_a_body_is_told_what_is_expected()
    {
        await using var api = new ApiFixture();

        var response = await api.CallAsync("POST /deploy", " \r\n");

        Assert.That(response.Status, Is.EqualTo(400));
        Assert.That(ApiFixture.TextOf(response), Does.Contain("bad_hash").And.Contain("the body is empty"));
        Assert.That(api.Lifecycle.Calls, Is.Empty);
    }

    [TestCase("{\"Revision\":\"r1\"}", "deploy 17 bytes by unix")]
    [TestCase(" \n{}", "deploy 4 bytes by unix")]
    [TestCase("  00FF  ", "deploy 00FF by unix")]
    [TestCase("[]", "deploy 2 bytes by unix")]
    [TestCase("// c\n{}", "deploy 7 bytes by unix")]
    [TestCase("\uFEFF{}", "deploy 5 bytes by unix")]
    [TestCase("Revision: r1", "deploy 12 bytes by unix")]
    public async Task Deploy_takes_a_config_or_a_hash(string body, string expected)
    {
        await using var api = new ApiFixture();

        await api.CallAsync("POST /deploy", body);

        Assert.That(api.Lifecycle.Calls, Is.EqualTo(new[] { expected }));
    }

    [Test]
    public async Task Rollback_without_a_body_goes_to_the_entry_before()
    {
        await using var api = new ApiFixture();

        await api.CallAsync("POST /rollback");

        Assert.That(api.Lifecycle.Calls, Is.EqualTo(new[] { "rollback '' by unix" }));
    }

    [Test]
    public async Task Deploy_tells_its_progress_in_lines()
    {
        await using var api = new ApiFixture();
        api.Lifecycle.Steps = [new("pulling", "pulling shop:r42", 10, 40), new("checking", "waiting until healthy")];

        var lines = await LinesAsync(await api.CallAsync("POST /deploy", "00ff", "application/x-ndjson"));

        Assert.That(lines, Is.EqualTo(new[]
        {
            """{"Step":"pulling","Message":"pulling shop:r42","Done":10,"Total":40}""",
            """{"Step":"checking","Message":"waiting until healthy"}""",
            """{"Result":{"Hash":"aa11bb22cc33","Revision":"r42","Container":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef","Address":"127.0.0.1:32768","Method":"pulled","Seconds":1.5,"HistoryPending":false}}""",
        }));
    }

    [Test]
    public async Task Deploy_that_fails_on_the_way_ends_its_lines_with_the_error()
    {
        await using var api = new ApiFixture();
        api.Lifecycle.Steps = [new("pulling", "pulling shop:r42")];
        api.Lifecycle.Failure = new DeploymentException(
            DeploymentError.LaunchFailed, "it exited", new DeploymentErrorDetails { Reason = "exit_code", ExitCode = 1 });

        var lines = await LinesAsync(await api.CallAsync("POST /deploy", "00ff", "application/x-ndjson"));

        Assert.That(
            lines[^1], Is.EqualTo("""{"error":"exit_code","message":"it exited","details":{"Reason":"exit_code","ExitCode":1}}"""));
    }

    [Test]
    public async Task Deploy_that_fails_before_its_first_step_has_its_own_status()
    {
        await using var api = new ApiFixture();
        api.Lifecycle.Failure = new DeploymentException(DeploymentError.Busy, "another deploy is under way");

        var response = await api.CallAsync("POST /deploy", "00ff", "application/x-ndjson");

        Assert.That(response.Status, Is.EqualTo(409));
    }

    [Test]
    public async Task Error_of_launch_is_text_unless_json_is_asked_for()
    {
        await using var api = new ApiFixture();
        api.Lifecycle.Failure = new DeploymentException(DeploymentError.BadHash, "'x' is no hash");

        var response = await api.CallAsync("POST /launch", "x");

        Assert.That(ApiFixture.TextOf(response), Is.EqualTo("'x' is no hash\n"));
    }

    [Test]
    public async Task Body_over_the_limit_is_refused()
    {
        await using var api = new ApiFixture();

        var response = await api.CallAsync("POST /deploy", new string('x', ApiRequest.MaxBodyBytes + 1));

        Assert.That(response.Status, Is.EqualTo(413));
        Assert.That(api.Lifecycle.Calls, Is.Empty);
    }

    [Test]
    public async Task Config_hides_its_environment_until_asked_otherwise()
    {
        await using var api = new ApiFixture();
        api.Lifecycle.Config = """{"ContainerConfig":{"Env":["USER=ada","KEY=hunter2"]},"Revision":"r1"}""";

        var masked = ApiFixture.TextOf(await api.CallAsync("GET /config/00ff"));
        var plain = ApiFixture.TextOf(await api.CallAsync("GET /config/00ff?unmasked=true"));

        Assert.That(masked, Does.Contain("USER=***").And.Contain("KEY=***").And.Not.Contain("hunter2"));
        Assert.That(plain, Is.EqualTo(api.Lifecycle.Config));
    }

    [Test]
    public async Task History_and_containers_have_their_keys()
    {
        await using var api = new ApiFixture();
        api.Lifecycle.Containers =
            [new("id", "shop-r1", "aa", "r1", "current", "127.0.0.1:1", "healthy", "shop:r1", DateTimeOffset.UnixEpoch)];

        var history = ApiFixture.TextOf(await api.CallAsync("GET /history"));
        var containers = ApiFixture.TextOf(await api.CallAsync("GET /containers"));

        Assert.That(history, Is.EqualTo(
            """{"Entries":[{"Revision":"r41","DeployedAt":"1970-01-01T00:00:00+00:00","DeployedBy":"ada","Hash":"00ff","Current":true}]}"""));
        Assert.That(containers, Is.EqualTo(
            """[{"Id":"id","Name":"shop-r1","Hash":"aa","Revision":"r1","State":"current","Address":"127.0.0.1:1","Health":"healthy","Image":"shop:r1","CreatedAt":"1970-01-01T00:00:00+00:00"}]"""));
    }

    [TestCase("GET /")]
    [TestCase("GET /livez")]
    [TestCase("GET /history")]
    public async Task Json_is_answered_wherever_it_is_asked_for(string call)
    {
        await using var api = new ApiFixture();

        var response = await api.CallAsync(call, accept: "text/html;q=0.5, application/json");

        Assert.That(response.ContentType, Is.EqualTo(Json));
        Assert.That(() => JsonNode.Parse(ApiFixture.TextOf(response)), Throws.Nothing);
    }

    [Test]
    public async Task Warning_of_the_start_is_in_the_status()
    {
        await using var api = new ApiFixture();
        api.Instance.Warnings = ["anybody may deploy"];

        Assert.That(ApiFixture.TextOf(await api.CallAsync("GET /status")), Does.Contain("anybody may deploy"));
    }

    [Test]
    public async Task Drain_turns_the_status_to_503_and_back()
    {
        await using var api = new ApiFixture();
        api.Traffic.Switch(new TrafficTarget(new System.Net.IPEndPoint(1, 1), "c", LaunchConfigHash.Of("r1"u8), "r1"));

        await api.CallAsync("POST /drain");
        var draining = await api.CallAsync("GET /status");
        await api.CallAsync("POST /undrain");
        var serving = await api.CallAsync("GET /status");

        Assert.That((draining.Status, serving.Status), Is.EqualTo((503, 200)));
        Assert.That(api.Lifecycle.Calls, Is.EqualTo(new[] { "event drain by unix", "event undrain by unix" }));
    }

    [Test]
    public async Task Pause_keeps_the_status_at_200()
    {
        await using var api = new ApiFixture();
        api.Traffic.Switch(new TrafficTarget(new System.Net.IPEndPoint(1, 1), "c", LaunchConfigHash.Of("r1"u8), "r1"));

        var paused = await api.CallAsync("POST /pause");
        var status = await api.CallAsync("GET /status");
        var resumed = await api.CallAsync("POST /resume");

        Assert.That(ApiFixture.TextOf(paused), Is.EqualTo("""{"Status":"paused","Paused":true,"Draining":false}"""));
        Assert.That(status.Status, Is.EqualTo(200));
        Assert.That(ApiFixture.TextOf(resumed), Does.Contain("\"serving\""));
    }

    [Test]
    public async Task Drain_is_cut_short_by_hash()
    {
        await using var api = new ApiFixture();

        var ended = await api.CallAsync("POST /drains/00ff/end?by=ada");
        var unnamed = await api.CallAsync("POST /drains//end");

        Assert.That(api.Lifecycle.Calls, Is.EqualTo(new[] { "end drain 00ff by ada" }));
        Assert.That(
            ApiFixture.TextOf(ended),
            Is.EqualTo("""{"Hash":"aa11bb22cc33","Revision":"r41","Exchanges":3,"EventStreams":2,"LongResponses":1,"Upgraded":4,"Seconds":0.25}"""));
        Assert.That(unnamed.Status, Is.EqualTo(404));
    }

    [Test]
    public async Task Stranger_is_told_states_and_revisions_but_neither_addresses_nor_what_others_said()
    {
        await using var api = new ApiFixture(token: "right");
        api.Lifecycle.Containers = [new("id1", "shop-r1-x", "aa", "r1", "current", "10.9.8.7:9292", "healthy", "registry.example/shop:r1", DateTimeOffset.UnixEpoch)];
        api.Lifecycle.State = new LifecycleSnapshot
        {
            DockerState = "dial unix /said/by/engine",
            StoreState = "said by the store",
            Warnings = ["the start failed: said by the application"],
            PublicWarnings = ["the start failed"],
            Operation = new OperationView("deploy", "r2", DateTimeOffset.UnixEpoch, "pulling", new DeploymentProgress("pulling", "said by the registry")),
        };
        string[] hidden = ["10.9.8.7", "registry.example", "said by"];

        foreach (var (call, accept) in new[] { ("GET /", ""), ("GET /", "application/json"), ("GET /containers", ""), ("GET /status", "") })
        {
            var told = ApiFixture.TextOf(await api.CallAsync(call, accept: accept));
            var toldAll = ApiFixture.TextOf(await api.CallAsync(call, accept: accept, authorization: "Bearer right"));
            var toldGuesser = ApiFixture.TextOf(await api.CallAsync(call, accept: accept, authorization: "Bearer wrong"));
            var isStatus = call == "GET /status";

            Assert.That(hidden.Where(text => told.Contains(text)), isStatus ? Is.EqualTo(new[] { "said by" }) : Is.Empty, told);
            Assert.That(toldGuesser.Contains("said by the application"), Is.False);
            Assert.That(told, Does.Not.Contain("said by the application").And.Not.Contain("said by the registry"));
            Assert.That(told, call == "GET /containers" ? Does.Contain("r1") : Does.Contain("the start failed").IgnoreCase.And.Contain("r2"));
            Assert.That(toldAll, Does.Contain(call == "GET /containers" ? "10.9.8.7:9292" : "said by the application"));
        }
    }

    [Test]
    public async Task Stranger_is_not_told_what_the_store_said()
    {
        await using var api = new ApiFixture(token: "right");
        api.Lifecycle.Failure = new DeploymentException(DeploymentError.StoreDenied, "10.0.0.5 says: no such key AKIA123");

        Assert.That(ApiFixture.TextOf(await api.CallAsync("GET /history")), Does.Contain("store_denied").And.Not.Contain("AKIA"));
        Assert.That(ApiFixture.TextOf(await api.CallAsync("GET /history", authorization: "Bearer right")), Does.Contain("AKIA"));
    }

    private static async Task<List<string>> LinesAsync(ApiResponse response)
    {
        var lines = new List<string>();
        await foreach (var line in response.Lines!)
        {
            lines.Add(Encoding.UTF8.GetString(line.Span).TrimEnd('\n'));
        }

        return lines;
    }
}
