using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.LoadClient;

namespace WunderProxy.IntegrationTests.Faults;

/// <summary>
/// Switches to and fro, to upstreams that still drain, under requests, WebSockets and event streams. Nothing fails,
/// nothing is stale; a WebSocket ends by 1012 between two messages, no later than its window.
/// </summary>
[Category("Faults")]
[NonParallelizable]
internal sealed class SwitchStormTests
{
    private const int Sockets = 8;
    private const int Streams = 4;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(3);

    /// <summary>How much later a close frame may be read on a machine that has everything else to do as well.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(2);

    private static int Switches => FaultRounds.Of(ci: 200, full: 1000);

    [Test]
    public async Task Switches_to_and_fro_cut_nothing()
    {
        await using var service = await TestService.CreateAsync(StoreKind.Folder, "r1", "r2");
        await service.StartAsync("--drain-upgraded-timeout", $"{Window.TotalSeconds}s");
        string[] hashes =
        [
            await service.StoreConfigAsync(LaunchConfigText.Of("r1")), await service.StoreConfigAsync(LaunchConfigText.Of("r2")),
        ];
        await service.LaunchAndSwitchAsync(hashes[1]);
        Assert.That((await service.PostAsync("/launch", hashes[0])).Status, Is.EqualTo(200));

        using var stopping = new CancellationTokenSource();
        var sockets = Enumerable.Range(0, Sockets).Select(number => new EchoClient(service.Proxy, number)).ToArray();
        var streams = Enumerable.Range(0, Streams).Select(_ => new EventReader(service.Proxy)).ToArray();
        var running = Task.WhenAll([
            .. sockets.Select(socket => Task.Run(() => socket.RunAsync(stopping.Token))),
            .. streams.Select(stream => Task.Run(() => stream.RunAsync(stopping.Token)))]);
        await Eventually.TrueAsync("sockets and streams", () => sockets.All(s => s.Messages > 0) && streams.All(s => s.Events > 0));

        var left = await StormAsync(service, hashes);
        await Eventually.TrueAsync(
            "the old upstream's sockets end", () => sockets.All(s => s.Revision == "r2"), (int)(Window + Slack).TotalSeconds + 5);
        await stopping.CancelAsync();
        await running;

        var ends = sockets.SelectMany(socket => socket.Ends).ToArray();
        TestContext.Out.WriteLine(
            $"{sockets.Sum(s => s.Messages)} messages, {ends.Length} sockets closed, {streams.Sum(s => s.Events)} events");
        Assert.That(sockets.SelectMany(socket => socket.Faults), Is.Empty);
        Assert.That(streams.SelectMany(stream => stream.Faults), Is.Empty);
        Assert.That(ends.Select(end => end.Code), Is.All.EqualTo(1012));
        Assert.That(ends.Where(end => end.At - LeftBefore(left, end) > Window + Slack), Is.Empty, "each inside its window");
    }

    /// <summary>Switches again and again under load, r2 last; tells when each revision was left.</summary>
    private static async Task<IReadOnlyList<(string Revision, DateTimeOffset At)>> StormAsync(TestService service, string[] hashes)
    {
        var left = new List<(string Revision, DateTimeOffset At)>();
        await using var load = LoadRun.Start(service.Load);
        for (var i = 0; i < Switches; i++)
        {
            var target = i % 2;
            load.Timeline.Switching($"r{target + 1}");
            var answer = await service.PostAsync("/switch", hashes[target]);
            left.Add(($"r{2 - target}", TimeProvider.System.GetUtcNow()));
            Assert.That(answer.Status, Is.EqualTo(200), $"switch {i}: {answer}");
            load.Timeline.Switched();
            await load.WaitForMoreAsync(20, CancellationToken.None);
        }

        var report = await load.StopAsync();
        TestContext.Out.WriteLine($"{Switches} switches: {report}");
        Assert.That((report.Failed, report.Stale), Is.EqualTo((0, 0)), string.Join('\n', report.Descriptions));
        return left;
    }

    private static DateTimeOffset LeftBefore(IReadOnlyList<(string Revision, DateTimeOffset At)> left, SocketEnd end) =>
        left.Where(one => one.Revision == end.Revision && one.At <= end.At + Slack).Select(one => one.At).DefaultIfEmpty().Max();
}
