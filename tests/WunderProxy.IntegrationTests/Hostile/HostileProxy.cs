using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using WunderProxy.Forwarding.Tests.Transport.Tls;
using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.TestSupport;

namespace WunderProxy.IntegrationTests.Hostile;

/// <summary>The program under <c>forward</c>, between hostile peers and a bystander; its memory is measured.</summary>
internal sealed class HostileProxy : IAsyncDisposable
{
    private const double MaxBystanderMilliseconds = 5000;

    private readonly HostileOrigin _origin = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly IPEndPoint _api = WunderProxyProcess.FreeEndPoint();
    private readonly WunderProxyProcess _process;
    private readonly TlsBridge? _bridge;
    private Bystander? _bystander;

    private HostileProxy(ProxyWiring wiring, string[] more)
    {
        Listener = WunderProxyProcess.FreeEndPoint();
        _process = WunderProxyProcess.Start(
        [
            "forward", "--upstream", _origin.EndPoint.ToString(), .. wiring.OptionsFor($"{Listener}"), "--api",
                _api.ToString(),
            "--access-log", "none", "--shutdown-grace", "0s", .. more,
        ]);
        _bridge = wiring.IsSecure ? new TlsBridge(Listener) : null;
        EndPoint = _bridge?.EndPoint ?? Listener;
    }

    /// <summary>Where clients connect that speak plain HTTP, whatever the program speaks.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>Where the program listens, for TLS or plain HTTP.</summary>
    public IPEndPoint Listener { get; }

    /// <summary>Whether the longer form was asked for (see docs/http1.md).</summary>
    public static bool IsFull => Environment.GetEnvironmentVariable("WUNDERPROXY_TEST_HOSTILE") == "full";

    /// <summary>What it logged.</summary>
    public string Log => _process.Errors;

    public static async Task<HostileProxy> StartAsync(string wiring, params string[] more)
    {
        var proxy = new HostileProxy(ProxyWiring.Parse(wiring), more);
        await Eventually.TrueAsync(
            "the proxy", async () => (await proxy._http.GetAsync($"http://{proxy._api}/livez")).IsSuccessStatusCode);
        proxy._bystander = new Bystander(proxy.EndPoint);
        return proxy;
    }

    public async Task<RawConnection> SendAsync(string text)
    {
        var connection = await RawConnection.ConnectAsync(EndPoint);
        await connection.SendAsync(text);
        return connection;
    }

    /// <summary>Has many clients send the same at once, and then ask for what each of them gets.</summary>
    public Task<string[]> AskManyAsync(int clients, string text, Func<RawConnection, Task<string>> ask) =>
        Task.WhenAll(Enumerable.Range(0, clients).Select(async _ =>
        {
            using var client = await SendAsync(text);
            return await ask(client);
        }));

    /// <summary>Client connections in the given state, or states.</summary>
    public async Task<int> CountAsync(params string[] states)
    {
        var status = JsonNode.Parse(await _http.GetStringAsync($"http://{_api}/status"))!;
        return states.Sum(state => status["States"]![state]!.GetValue<int>());
    }

    /// <summary>TLS handshakes so far that ended in one of the given ways: <c>Full</c>, <c>Resumed</c>, <c>Failed</c>.</summary>
    public async Task<long> CountHandshakesAsync(params string[] outcomes)
    {
        var status = JsonNode.Parse(await _http.GetStringAsync($"http://{_api}/status"))!;
        return outcomes.Sum(outcome => status["Tls"]!["Handshakes"]![outcome]!.GetValue<long>());
    }

    /// <summary>The memory that the program has now, in MiB.</summary>
    public int MemoryNow() => Memory("VmRSS:");

    /// <summary>
    /// Holds the memory that the proxy ever had against its bound, and the bystander's answers against theirs.
    /// </summary>
    public async Task CheckAsync(int maxMemory)
    {
        var times = await _bystander!.StopAsync();
        _bystander = null;
        var peak = Memory("VmHWM:");
        TestContext.Out.WriteLine(
            $"memory: at most {peak} MiB, now {Memory("VmRSS:")} MiB, bound {maxMemory} MiB; others: "
            + $"{times.Length} answers, median {times[times.Length / 2]:F1} ms, "
            + $"99% {times[times.Length * 99 / 100]:F1} ms, slowest {times[^1]:F1} ms");

        Assert.Multiple(() =>
        {
            Assert.That(peak, Is.LessThanOrEqualTo(maxMemory), "MiB");
            Assert.That(times[^1], Is.LessThan(MaxBystanderMilliseconds), "the slowest answer to others");
            Assert.That(Log, Does.Not.Contain(" ERROR "));
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_bystander is { } bystander)
        {
            await bystander.StopAsync();
        }

        _bridge?.Dispose();
        _process.Dispose();
        _http.Dispose();
        _origin.Dispose();
    }

    private int Memory(string key) => int.Parse(
        File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith(key, StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
        CultureInfo.InvariantCulture) / 1024;
}
