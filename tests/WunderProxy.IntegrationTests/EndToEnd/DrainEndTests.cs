using System.Net.WebSockets;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.EndToEnd;

/// <summary>A drain that a WebSocket holds, seen and cut short.</summary>
[Parallelizable]
internal sealed class DrainEndTests
{
    [Test]
    public async Task Web_socket_that_holds_a_drain_is_shown_and_closed_on_request()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await using var service = await TestService.StartNewAsync(StoreKind.Folder, "r1", "r2");
        var old = (await service.DeployAsync(LaunchConfigText.Of("r1")))["Hash"]!.GetValue<string>();
        using var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        await socket.ConnectAsync(new Uri($"ws://{service.Proxy}/ws"), deadline.Token);
        using var http = new HttpClient();
        using var events = new StreamReader(await http.GetStreamAsync(new Uri($"http://{service.Api}/events"), deadline.Token));

        await service.DeployAsync(LaunchConfigText.Of("r2"));
        var held = (await service.StatusAsync())["Draining"]!.AsArray().Single()!;
        var ending = service.PostAsync($"/drains/{old}/end?by=ada");
        var closed = await socket.ReceiveAsync(new byte[16], deadline.Token);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, deadline.Token);
        var ended = await ending;

        Assert.That(held["Hash"]!.GetValue<string>(), Is.EqualTo(old));
        Assert.That((held["InFlight"]!.GetValue<int>(), held["Upgraded"]!.GetValue<int>()), Is.EqualTo((1, 1)));
        Assert.That(held["SecondsLeft"]!.GetValue<double>(), Is.GreaterThan(10), "five minutes, unless the machine sleeps");
        Assert.That(ended.Status, Is.EqualTo(200), ended.ToString());
        Assert.That(ended.Json["Upgraded"]!.GetValue<int>(), Is.EqualTo(1));
        Assert.That((int?)closed.CloseStatus, Is.EqualTo(1012));
        await service.EventuallyAsync(
            "the end of the old container", async () => (await service.RunningContainersAsync()).Count == 1);
        Assert.That(await ReadUntilAsync(events, "event: drain_end", deadline.Token), Does.Contain("event: deploy"));
        Assert.That(await ReadUntilAsync(events, "event: call", deadline.Token), Is.Not.Null);
        Assert.That(service.Process!.Errors, Does.Contain($"by=ada method=POST path=/drains/{old}/end from=r2 to=r1 status=200 code=ok"));

        var again = await service.PostAsync($"/drains/{old}/end");
        Assert.That((again.Status, again.ErrorCode), Is.EqualTo((404, "not_found")));
    }

    private static async Task<IReadOnlyList<string>> ReadUntilAsync(StreamReader events, string line, CancellationToken cancellationToken)
    {
        List<string> lines = [];
        while (lines.LastOrDefault() != line)
        {
            lines.Add(await events.ReadLineAsync(cancellationToken) ?? throw new AssertionException($"the stream ended without {line}"));
        }

        return lines;
    }
}
