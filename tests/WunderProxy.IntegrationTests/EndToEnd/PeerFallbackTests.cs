using System.Security.Cryptography;
using System.Text;
using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.LoadClient;
using WunderProxy.TestSupport;

namespace WunderProxy.IntegrationTests.EndToEnd;

/// <summary>Two instances that help each other: what one cannot answer goes to the other.</summary>
[NonParallelizable]
internal sealed class PeerFallbackTests
{
    private const int Rounds = 2;
    private const string ClientAddress = "203.0.113.7";

    private string _keyFile = null!;

    [SetUp]
    public async Task WriteKeyAsync()
    {
        _keyFile = Path.GetTempFileName();
        await File.WriteAllTextAsync(_keyFile, "secret\n");
    }

    [TearDown]
    public void DeleteKey() => File.Delete(_keyFile);

    [Test]
    public async Task Instance_that_loses_its_container_under_load_fails_no_get_and_repeats_no_post()
    {
        await using var first = await TestService.CreateAsync(StoreKind.Folder, "r1");
        await using var second = await TestService.CreateAsync(StoreKind.Folder, "r2");
        await StartAsync(first, second);
        await Task.WhenAll(first.DeployAsync(LaunchConfigText.Of("r1")), second.DeployAsync(LaunchConfigText.Of("r2")));

        await using var run = LoadRun.Start(first.Load with { PagesOnly = true, RequestsPerSecond = 300 });
        for (var round = 0; round < Rounds; round++)
        {
            await run.WaitForMoreAsync(200, CancellationToken.None);
            var before = await CountAsync(first, "Sent");
            await first.Engine.KillAsync(await ContainerOfAsync(first));
            await Eventually.TrueAsync("fallbacks", async () => await CountAsync(first, "Sent") > before);
            await first.WaitUntilServingAsync("r1");
        }

        await run.WaitForMoreAsync(200, CancellationToken.None);
        var report = await run.StopAsync();
        var sent = await CountAsync(first, "Sent");
        var container = await ContainerOfAsync(second);

        // The application ends when it gets this: had it been repeated, the other one would have ended too.
        var seen = await PostProxiedAsync(first, "/exit");
        var stillThere = await second.ServedRevisionAsync();

        TestContext.Out.WriteLine($"{sent} fallbacks in {Rounds} losses: {report}");
        Assert.That(report.Failed, Is.Zero, string.Join('\n', report.Descriptions));
        Assert.That(report.Revisions.Keys, Is.EquivalentTo(new[] { "r1", "r2" }));
        Assert.That((await CountAsync(first, "Failed"), await CountAsync(first, "OverBudget")), Is.EqualTo((0, 0)));
        Assert.That(seen, Does.StartWith("HTTP/1.1 502 "));
        Assert.That((stillThere, await ContainerOfAsync(second)), Is.EqualTo(("r2", container)));
        Assert.That((await CountAsync(first, "Sent"), await CountAsync(second, "Received")), Is.EqualTo((sent, sent)));
    }

    [Test]
    public async Task Peers_answer_503_at_once_without_a_container_and_believe_only_one_another()
    {
        await using var first = await TestService.CreateAsync(StoreKind.Folder, "r1");
        await using var second = await TestService.CreateAsync(StoreKind.Folder, "r2");
        await StartAsync(first, second, "--trusted-proxy", "none");

        await AssertNobodyAnswersAsync(first, second);
        await second.DeployAsync(LaunchConfigText.Of("r2"));
        await AssertOnlyRequestsGoAsync(first, second);
        await AssertOnlyPeersAreBelievedAsync(second);
    }

    private static async Task AssertNobodyAnswersAsync(TestService first, TestService second)
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(number =>
            (number % 2 == 0 ? first : second).GetProxiedAsync("/")));

        Assert.That(answers.Select(answer => answer.Status), Is.All.EqualTo(503));
        Assert.That(answers.Select(answer => answer.Headers.RetryAfter), Has.None.Null);
        Assert.That((await CountAsync(first, "Sent"), await CountAsync(second, "Received")), Is.EqualTo((10, 10)), "one hop each");
    }

    private static async Task AssertOnlyRequestsGoAsync(TestService first, TestService second)
    {
        var page = await first.GetProxiedAsync("/up");
        var upload = await PostProxiedAsync(first, "/upload");
        var received = await CountAsync(second, "Received");
        var status = await first.GetAsync("/status");
        var switched = await first.PostAsync("/switch", new string('0', 64));

        Assert.That(page.Text, Is.EqualTo("r2\n"));
        Assert.That(upload, Does.StartWith("HTTP/1.1 200 ").And.Contain("X-Revision: r2\r\n"));
        Assert.That(status.Status, Is.EqualTo(503), "load balancers leave, peers or not");
        Assert.That(switched.Status, Is.EqualTo(404));
        Assert.That((received, await CountAsync(second, "Received")), Is.EqualTo((12, 12)), "calls of the API stay");
    }

    private async Task AssertOnlyPeersAreBelievedAsync(TestService service)
    {
        var before = (Received: await CountAsync(service, "Received"), NotBelieved: await CountAsync(service, "NotBelieved"));
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var valid = Header("secret", now);

        var believed = await HeadersAsync(service, valid);
        var replayed = await HeadersAsync(service, valid);
        var old = await HeadersAsync(service, Header("secret", now - 60));
        var forged = await HeadersAsync(service, Header("guess", now));
        await File.WriteAllTextAsync(_keyFile, "another\n");
        service.Process!.Signal(WunderProxyProcess.SigHup);
        await Eventually.TrueAsync("the new key", () => service.Process.Errors.Contains("peer key read again", StringComparison.Ordinal));
        now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var outworn = await HeadersAsync(service, Header("secret", now));
        var renewed = await HeadersAsync(service, Header("another", now));

        Assert.That(new[] { believed, renewed }, Is.All.Contains(ClientAddress));
        Assert.That(new[] { replayed, old, forged, outworn }, Has.None.Contains(ClientAddress));
        Assert.That(new[] { believed, replayed, old, forged, outworn, renewed }, Has.None.Contains("allback"));
        Assert.That(
            (await CountAsync(service, "Received"), await CountAsync(service, "NotBelieved")),
            Is.EqualTo((before.Received + 2, before.NotBelieved + 4)));
    }

    private static async Task<int> CountAsync(TestService service, string name) =>
        (await service.StatusAsync())["Fallback"]![name]!.GetValue<int>();

    private static async Task<string> ContainerOfAsync(TestService service) =>
        (await service.RunningContainersAsync()).Single()["Id"]!.GetValue<string>();

    private static async Task<string> PostProxiedAsync(TestService service, string path) =>
        await ExchangeAsync(service, $"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody");

    private static async Task<string> HeadersAsync(TestService service, string header)
    {
        var answer = await ExchangeAsync(
            service,
            $"GET /headers HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: {ClientAddress}\r\nWunderproxy-Fallback: {header}\r\nConnection: close\r\n\r\n");
        Assert.That(answer, Does.StartWith("HTTP/1.1 200 "));
        return answer;
    }

    private static async Task<string> ExchangeAsync(TestService service, string request)
    {
        using var connection = await RawConnection.ConnectAsync(service.Proxy);
        await connection.SendAsync(request);
        return (await connection.ReadToEndAsync()).Text;
    }

    private static string Header(string key, long seconds)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var text = string.Join('\n', "v1", seconds, id, "GET", "/headers", "a", ClientAddress, string.Empty);
        var mac = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.ASCII.GetBytes(key), Encoding.ASCII.GetBytes(text)));
        return $"v1;t={seconds};id={id};mac={mac}";
    }

    /// <summary>Starts both, each with the other as its peer.</summary>
    private Task StartAsync(TestService first, TestService second, params string[] more) => Task.WhenAll(
        first.StartAsync(["--peer", second.Proxy.ToString(), "--peer-key-file", _keyFile, .. more]),
        second.StartAsync(["--peer", first.Proxy.ToString(), "--peer-key-file", _keyFile, .. more]));
}
