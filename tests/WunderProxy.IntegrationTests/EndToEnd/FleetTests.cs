using System.Collections.Concurrent;
using System.Net;
using System.Text;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.EndToEnd;

/// <summary>
/// <c>wunderproxy deploy</c> over a real manager and one that the test plays: launched on both before either switches,
/// and back where one cannot.
/// </summary>
[Parallelizable]
internal sealed class FleetTests
{
    private const string Launched =
        """{"Hash":"aa","Revision":"r2","Container":"0123456789ab","Address":"10.0.0.9:9292","Port":1,"Method":"created","Seconds":1.5}""";

    [Test]
    public async Task Launch_that_fails_on_one_switches_nothing()
    {
        await using var service = await TestService.StartNewAsync(StoreKind.Folder, "r1", "r2");
        await service.DeployAsync(LaunchConfigText.Of("r1"));
        await using var other = new ScriptedManager(path => path switch
        {
            "/launch" => (422, """{"error":"exit_code","message":"the container of r2 exited with code 1"}"""),
            _ => (200, "{}"),
        });

        var result = await DeployAsync(service, other);

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(result.Output + result.Errors, Does.Contain("exited with code 1").And.Contain("nothing was switched"));
        Assert.That(other.Calls, Has.None.Contain("/switch"));
        await AssertUntouchedAsync(service);
    }

    [Test]
    public async Task Switch_that_fails_on_one_sends_the_other_back()
    {
        await using var service = await TestService.StartNewAsync(StoreKind.Folder, "r1", "r2");
        await service.DeployAsync(LaunchConfigText.Of("r1"));
        await using var other = new ScriptedManager(path => path switch
        {
            "/launch" => (200, Launched),
            _ => (422, """{"error":"unhealthy","message":"the container of r2 runs and its probe fails"}"""),
        });

        var result = await DeployAsync(service, other);

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(result.Output + result.Errors, Does.Contain("went back to").And.Contain("its probe fails"), result.ToString());
        Assert.That(other.Calls, Is.EqualTo(new[] { "/launch", "/switch" }));
        await AssertUntouchedAsync(service);
    }

    [Test]
    public async Task Manager_that_is_away_changes_nothing_anywhere()
    {
        await using var service = await TestService.StartNewAsync(StoreKind.Folder, "r1", "r2");
        await service.DeployAsync(LaunchConfigText.Of("r1"));

        var result = await DeployAsync(service, WunderProxyProcess.FreeEndPoint().ToString());

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(result.Errors, Does.Contain("nothing was changed"), result.ToString());
        await AssertUntouchedAsync(service);
        Assert.That(await service.RunningContainersAsync(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Both_switch_and_the_history_gets_one_entry()
    {
        await using var service = await TestService.StartNewAsync(StoreKind.Folder, "r1", "r2");
        await service.DeployAsync(LaunchConfigText.Of("r1"));
        await using var other = new ScriptedManager(path => path == "/launch"
            ? (200, Launched)
            : (200, """{"Hash":"aa","Revision":"r2","Container":"0123456789ab","Address":"10.0.0.9:9292","Port":1,"Changed":true}"""));

        var result = await DeployAsync(service, other);

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(await service.ServedRevisionAsync(), Is.EqualTo("r2"));
        var history = Encoding.UTF8.GetString((await service.Store.GetAsync($"{service.Prefix}/history.json"))!);
        Assert.That(history.Split("\"r2\""), Has.Length.EqualTo(2), history);
    }

    private static async Task AssertUntouchedAsync(TestService service)
    {
        Assert.That(await service.ServedRevisionAsync(), Is.EqualTo("r1"));
        var history = Encoding.UTF8.GetString((await service.Store.GetAsync($"{service.Prefix}/history.json"))!);
        var current = Encoding.UTF8.GetString((await service.Store.GetAsync($"{service.Prefix}/current.json"))!);
        Assert.That(history, Does.Contain("r1").And.Not.Contain("r2"));
        Assert.That(current, Is.EqualTo(LaunchConfigText.Of("r1")));
    }

    private static Task<ProgramResult> DeployAsync(TestService service, ScriptedManager other) =>
        DeployAsync(service, other.EndPoint.ToString());

    private static async Task<ProgramResult> DeployAsync(TestService service, string other)
    {
        var file = Path.Combine(service.StateFolder, "r2.json");
        await File.WriteAllTextAsync(file, LaunchConfigText.Of("r2"));
        return await WunderProxyProcess.RunAsync(
            [
                "deploy", service.Store.Bucket, service.Prefix, "--config", file,
                "--manager", service.Api.ToString(), "--manager", other,
            ],
            service.Store.Variables);
    }

    /// <summary>A manager that serves a revision of its own and answers changing calls as it is told.</summary>
    private sealed class ScriptedManager : IAsyncDisposable
    {
        private const string Status =
            """
            {"HeapSize":1,"TotalTime":0,"Requests":0,"States":{"new":0,"active":0,"idle":0,"upgraded":0},"DockerState":"Ok","Status":"serving","App":"shop","Version":"0.1.0","Uptime":1,"Upstream":{"Address":"10.0.0.9:9292","Container":"c","Hash":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef","Revision":"r1","Since":"2026-01-01T00:00:00Z","Health":"healthy"},"ResponseTimes":{"P50":0,"P90":0,"P99":0,"P999":0,"Max":0},"StatusCodes":{"Classes":{},"Codes":{},"Minutes":[]},"Bytes":{"In":0,"Out":0},"InFlight":0,"Waiting":0,"Draining":[],"Operation":null,"Previous":[],"Buffers":{"Memory":0,"Disk":0},"StoreState":"Ok","Warnings":[]}
            """;

        private readonly TestHttpServer _server;
        private readonly ConcurrentQueue<string> _calls = new();

        public ScriptedManager(Func<string, (int Status, string Body)> answer)
        {
            _server = new TestHttpServer(context =>
            {
                var (status, body) = Answer(context.Request, answer);
                context.Response.StatusCode = status;
                context.Response.ContentType = "application/json";
                return Task.FromResult(body);
            });
        }

        public IPEndPoint EndPoint => _server.EndPoint;

        /// <summary>The paths of the changing calls, in order.</summary>
        public IReadOnlyList<string> Calls => [.. _calls];

        public ValueTask DisposeAsync() => _server.DisposeAsync();

        private (int Status, string Body) Answer(
            HttpListenerRequest request, Func<string, (int Status, string Body)> answer)
        {
            if (request.HttpMethod != "POST")
            {
                return (200, Status);
            }

            var path = request.Url!.AbsolutePath;
            _calls.Enqueue(path);
            return answer(path);
        }
    }
}
