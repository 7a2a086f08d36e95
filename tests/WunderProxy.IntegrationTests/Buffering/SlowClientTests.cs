using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Buffering;

/// <summary>
/// Slow clients of an application with one worker. WUNDERPROXY_TEST_BUFFERS=full, as eng/slow-clients.sh sets it, has
/// more of them, and prints what it measures.
/// </summary>
[TestFixtureSource(typeof(Wirings), nameof(Wirings.PlainInCheck))]
internal sealed class SlowClientTests(string wiring)
{
    private const int MiB = 1 << 20;

    // More than the buffers of all sockets and pipes on the way from the worker to a client that does not read.
    private const int BodyBytes = 6 * MiB;

    // More than they grow to where a socket is read as fast as it is written.
    private const int LargeBodyBytes = 20 * MiB;

    private readonly string _folder = Path.Combine(TestContext.CurrentContext.TestDirectory, $"buffers-{wiring}");
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly IPEndPoint _api = WunderProxyProcess.FreeEndPoint();
    private readonly List<SlowClient> _clients = [];
    private OneWorkerApplication _application = null!;
    private ForwardProcess? _proxy;

    private static bool[] OnAndInTheLongFormOff => IsFull ? [true, false] : [true];

    private static bool IsFull => Environment.GetEnvironmentVariable("WUNDERPROXY_TEST_BUFFERS") == "full";

    [TearDown]
    public void Stop()
    {
        _clients.ForEach(client => client.Dispose());
        _clients.Clear();
        _proxy?.Dispose();
        _application?.Dispose();
    }

    [OneTimeTearDown]
    public void End() => _http.Dispose();

    [Test]
    public async Task Worker_serves_others_while_clients_read_nothing()
    {
        const int Clients = 50;
        await StartAsync(BodyBytes);
        await ConnectAsync(Clients);

        await Eventually.TrueAsync("all responses to be read", () => _application.Answered == Clients, seconds: 60);
        var small = await AskSmallAsync();
        Assert.That(Directory.GetFileSystemEntries(_folder), Is.Empty, "temporary files have no names");
        var bodies = await Task.WhenAll(_clients.Take(4).Select(client => client.ReadBodyAsync()));

        Assert.That(small, Is.EqualTo("small"));
        Assert.That(bodies.Count(body => _application.Body.SequenceEqual(body)), Is.EqualTo(4), "each gets every byte");
        _clients.ForEach(client => client.Dispose());
        await Eventually.TrueAsync("everything to be given back", async () => await HeldAsync() == (0, 0));
    }

    [Test]
    public async Task Worker_waits_for_a_client_that_reads_nothing_without_buffering()
    {
        await StartAsync(LargeBodyBytes, "--no-buffer-responses");
        await ConnectAsync(1);
        await Eventually.TrueAsync("the worker to answer the first", () => _application.Begun == 1);
        await ConnectAsync(1);
        await Eventually.TrueAsync(
            "both to be forwarded", async () => (await StatusAsync())["States"]!["active"]!.GetValue<int>() == 2);
        var asking = AskSmallAsync();
        var body = await _clients[0].ReadBodyAsync();
        var answeredBefore = asking.IsCompleted;
        _clients.ForEach(client => client.Dispose());

        Assert.That(answeredBefore, Is.False, "the second client still holds the worker");
        Assert.That(_application.Body.SequenceEqual(body), Is.True);
        Assert.That(await asking, Is.EqualTo("small"));
    }

    [Test]
    public async Task Past_the_bounds_the_worker_waits_and_every_client_gets_every_byte()
    {
        const int Clients = 8;
        await StartAsync(LargeBodyBytes, "--buffer-memory", "8MiB", "--buffer-disk", "10MiB");
        await ConnectAsync(Clients);
        await Eventually.TrueAsync("the bounds to be reached", async () => await HeldAsync() is { Disk: > 8 * MiB });

        var held = await HeldAsync();
        var answered = _application.Answered;
        var bodies = await Task.WhenAll(_clients.Select(client => client.ReadBodyAsync()));

        Assert.That(answered, Is.LessThan(Clients));
        Assert.That(held.Disk, Is.LessThanOrEqualTo(10 * MiB));
        Assert.That(held.Memory, Is.LessThanOrEqualTo((8 * MiB) + (Clients * 64 * 1024)));
        Assert.That(bodies.Count(body => _application.Body.SequenceEqual(body)), Is.EqualTo(Clients));
    }

    [Test]
    public async Task Full_disk_makes_the_worker_wait_and_loses_nothing()
    {
        const int Clients = 4;
        await using var disk = await SmallDisk.MountAsync(_folder + "-small");
        await StartAsync(LargeBodyBytes, "--buffer-directory", disk.Folder);
        await ConnectAsync(Clients);
        await Eventually.TrueAsync("the disk to be full", async () => (await WarningsAsync()).Contains("a temporary file in"));

        var answered = _application.Answered;
        var bodies = await Task.WhenAll(_clients.Select(client => client.ReadBodyAsync()));

        Assert.That(answered, Is.LessThan(Clients));
        Assert.That(bodies.Count(body => _application.Body.SequenceEqual(body)), Is.EqualTo(Clients));
        Assert.That(_proxy!.Log, Does.Contain("No space left on device"));
        _proxy.Dispose();
        _proxy = null;
    }

    [TestCaseSource(nameof(OnAndInTheLongFormOff))]
    public async Task Fast_clients_beside_many_of_10_KiB_a_second(bool isBuffering)
    {
        var clients = IsFull ? 500 : 20;

        // The long form lasts longer than --body-timeout, which must not end a client that reads.
        var time = TimeSpan.FromSeconds(IsFull ? 60 : 3);
        await StartAsync(5 * MiB, isBuffering ? [] : ["--no-buffer-responses"]);
        await ConnectAsync(clients);
        using var end = new CancellationTokenSource();
        var slow = _clients.Select(client => client.ReadSlowlyAsync(10 * 1024, end.Token)).ToArray();
        var begin = Stopwatch.GetTimestamp();
        if (isBuffering)
        {
            await Eventually.TrueAsync("all responses to be read", () => _application.Answered == clients, seconds: IsFull ? 300 : 60);
        }

        var freed = Stopwatch.GetElapsedTime(begin);
        var held = await HeldAsync();
        var times = await AskSmallAsync(time);
        await end.CancelAsync();
        var cutOff = (await Task.WhenAll(slow)).Count(isThere => !isThere);

        times.Sort();
        var worker = isBuffering
            ? $"the worker was free of {clients} large responses after {freed.TotalSeconds:F1} s"
            : $"the worker has sent {_application.Answered} of {clients} large responses";
        TestContext.Out.WriteLine(
            $"{wiring}, buffering {(isBuffering ? "on" : "off")}: {worker}; in {time.TotalSeconds} s after that fast clients got {times.Count} answers, "
            + (times.Count > 0 ? $"median {times[times.Count / 2]:F1} ms, slowest {times[^1]:F0} ms" : "none")
            + $"; {cutOff} slow clients were cut off; held {held.Memory / MiB} MiB in memory, {held.Disk / MiB} MiB on disk; "
            + $"the process had at most {PeakMiB()} MiB");
        if (isBuffering)
        {
            Assert.That(cutOff, Is.Zero);
            Assert.That(times, Is.Not.Empty);
        }
    }

    [Test]
    public async Task Stalled_clients_of_20_MiB_stay_within_the_bounds()
    {
        var clients = IsFull ? 1000 : 20;
        var (maxMemory, maxDisk) = IsFull ? (256, 4096) : (16, 64);
        await StartAsync(
            20 * MiB, "--body-timeout", "5m", "--buffer-memory", $"{maxMemory}MiB", "--buffer-disk", $"{maxDisk}MiB");
        await ConnectAsync(clients);
        var (memory, disk) = (0L, 0L);
        var answered = -1;

        // Until nothing moves any more.
        while (answered != _application.Answered)
        {
            answered = _application.Answered;
            for (var second = 0; second < (IsFull ? 10 : 2); second++)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
                var held = await HeldAsync();
                (memory, disk) = (Math.Max(memory, held.Memory), Math.Max(disk, held.Disk));
            }
        }

        TestContext.Out.WriteLine(
            $"{wiring}: {clients} stalled clients of 20 MiB: {answered} responses read whole, at most {memory / MiB} MiB in memory and "
            + $"{disk / MiB} MiB on disk reserved, the process had at most {PeakMiB()} MiB");
        Assert.That(memory, Is.LessThanOrEqualTo((long)maxMemory * MiB));
        Assert.That(disk, Is.LessThanOrEqualTo((long)maxDisk * MiB));
        Assert.That(PeakMiB(), Is.LessThan(640));
    }

    private async Task StartAsync(int bodyBytes, params string[] more)
    {
        _application = new OneWorkerApplication(bodyBytes);
        string[] directory = more.Contains("--buffer-directory") ? [] : ["--buffer-directory", _folder];
        _proxy = await ForwardProcess.StartAsync(
            _application.EndPoint, ProxyWiring.Parse(wiring), ["--api", $"{_api}", "--access-log", "none", .. directory, .. more]);
    }

    private async Task ConnectAsync(int count)
    {
        for (var number = 0; number < count; number++)
        {
            _clients.Add(await SlowClient.StartAsync(_proxy!.Proxy));
        }
    }

    /// <summary>Asks for the small response again and again, as one fast client.</summary>
    /// <returns>How long each answer took, in milliseconds.</returns>
    private async Task<List<double>> AskSmallAsync(TimeSpan time)
    {
        var times = new List<double>();
        using var end = new CancellationTokenSource(time);
        while (!end.IsCancellationRequested)
        {
            var begin = Stopwatch.GetTimestamp();
            try
            {
                await _http.GetStringAsync(_proxy!.Address + "small", end.Token);
                times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            }
            catch (OperationCanceledException)
            {
                // The time is over.
            }
        }

        return times;
    }

    private Task<string> AskSmallAsync() => _http.GetStringAsync(_proxy!.Address + "small");

    private async Task<(long Memory, long Disk)> HeldAsync()
    {
        var buffers = (await StatusAsync())["Buffers"]!;
        return (buffers["Memory"]!.GetValue<long>(), buffers["Disk"]!.GetValue<long>());
    }

    private async Task<string> WarningsAsync() => (await StatusAsync())["Warnings"]!.ToJsonString();

    private async Task<JsonNode> StatusAsync() => JsonNode.Parse(await _http.GetStringAsync($"http://{_api}/status"))!;

    private int PeakMiB() => int.Parse(
        File.ReadLines($"/proc/{_proxy!.Id}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
        CultureInfo.InvariantCulture) / 1024;
}
