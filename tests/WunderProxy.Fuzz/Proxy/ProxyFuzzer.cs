using System.Diagnostics;
using System.Net;
using System.Text.Json;
using WunderProxy.Forwarding.Tests.Transport.Tls;
using WunderProxy.Tests.Certificates;

namespace WunderProxy.Fuzz.Proxy;

/// <summary>
/// Runs inputs through a running proxy, many connections at a time, with hostile clients before and a hostile
/// application behind it. The first invariant that does not hold ends the run and is told with all that is needed to
/// run it again.
/// </summary>
internal sealed class ProxyFuzzer : IAsyncDisposable
{
    private const string Again = "eng/fuzz.sh --target proxy --count 1";

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    // A request may come to the origin after its client has gone.
    private const int KeptCases = 20_000;

    private readonly ProxyFuzzOptions _options;
    private readonly FuzzOrigin _origin;
    private readonly ProxyProcess _proxy;
    private readonly CertificateFolder? _certificates;
    private TlsBridge? _bridge;
    private readonly Queue<FuzzCase> _kept = new();
    private readonly Lock _gate = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? _failure;
    private int _next;
    private long _answers;
    private long _done;

    /// <summary>Starts the proxy and the origin.</summary>
    public ProxyFuzzer(ProxyFuzzOptions options)
    {
        _options = options;
        _next = options.First;
        _origin = new FuzzOrigin(Fail);
        string[] arguments = options.Transport == "sockets" ? ["--trusted-proxy", "none"] : [];
        _certificates = options.TlsEngine is null ? null : new CertificateFolder();
        _proxy = new ProxyProcess(
            options.Program, ["--transport", options.Transport, .. ListenerOptions(), .. arguments], _origin.EndPoint, fault =>
                Fail(null, fault));
    }

    /// <summary>What there is to say about the run so far.</summary>
    public string Summary
    {
        get
        {
            var done = Interlocked.Read(ref _done);
            var seconds = Stopwatch.GetElapsedTime(_start).TotalSeconds;
            var (resident, peak) = _proxy.Memory();
            return $"{_options.Transport}{(_options.TlsEngine is { } engine ? $", TLS by {engine}" : "")}: seed {_options.Seed}, {done} inputs in {seconds:F0} s "
                + $"({done / seconds:F0}/s), {_origin.Requests} requests reached the origin, "
                + $"{Interlocked.Read(ref _answers)} answers came back, "
                + $"memory {resident} MiB, at most {peak} MiB";
        }
    }

    /// <summary>Runs.</summary>
    /// <param name="onProgress">Told the summary now and then.</param>
    /// <returns>What is broken; null if nothing is.</returns>
    public async Task<string?> RunAsync(Action<string>? onProgress = null)
    {
        EndPoint proxy = await _proxy.Proxy;
        if (_certificates is not null)
        {
            _bridge = new TlsBridge(proxy);
            proxy = _bridge.EndPoint;
        }

        var workers = Enumerable.Range(0, _options.Connections).Select(_ => Task.Run(() => WorkAsync(proxy))).ToArray();
        var all = Task.WhenAny(Task.WhenAll(workers), _failed.Task);
        using (var ticks = new PeriodicTimer(ProgressInterval))
        {
            var telling = TellAsync(ticks, onProgress);
            await all;
            ticks.Dispose();
            await telling;
        }

        if (_failure is null)
        {
            await CheckEndAsync(proxy);
        }

        return _failure;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _bridge?.Dispose();
        _proxy.Dispose();
        _origin.Dispose();
        _certificates?.Dispose();
        return ValueTask.CompletedTask;
    }

    private string[] ListenerOptions()
    {
        if (_certificates is not { } folder)
        {
            return ["--proxy", "127.0.0.1:0"];
        }

        folder.Write("localhost", ["localhost"]).Dispose();
        return
        [
            "--tls", "127.0.0.1:0", "--tls-engine", _options.TlsEngine!, "--tls-directory", folder.Path,
            "--tls-redirect", "127.0.0.1:0",
        ];
    }

    private async Task WorkAsync(EndPoint proxy)
    {
        using var client = new FuzzClient(proxy);
        while (_failure is null && NextRound() is { } round)
        {
            var fuzzCase = new FuzzCase(_options.Seed, round);
            Keep(fuzzCase);
            try
            {
                Interlocked.Add(ref _answers, await client.RunAsync(fuzzCase));
            }
            catch (FuzzFailureException exception)
            {
                Fail(fuzzCase, exception.Message);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                Fail(fuzzCase, $"the fuzzer failed: {exception}");
            }

            Interlocked.Increment(ref _done);
        }
    }

    private int? NextRound()
    {
        var isOver = _options.Time != Timeout.InfiniteTimeSpan && Stopwatch.GetElapsedTime(_start) > _options.Time;
        var round = isOver ? int.MaxValue : Interlocked.Increment(ref _next) - 1;
        return round - (long)_options.First < _options.Count && !isOver ? round : null;
    }

    private void Keep(FuzzCase fuzzCase)
    {
        _origin.Add(fuzzCase);
        lock (_gate)
        {
            _kept.Enqueue(fuzzCase);
            if (_kept.Count > KeptCases)
            {
                _origin.Remove(_kept.Dequeue());
            }
        }
    }

    private async Task TellAsync(PeriodicTimer ticks, Action<string>? onProgress)
    {
        while (await ticks.WaitForNextTickAsync())
        {
            onProgress?.Invoke(Summary);
        }
    }

    /// <summary>Nothing may be left of all that, and the proxy still has to serve.</summary>
    private async Task CheckEndAsync(EndPoint proxy)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var api = await _proxy.Api;
        var deadline = Stopwatch.GetTimestamp() + (30 * Stopwatch.Frequency);
        var status = await AskStatusAsync();
        while (!IsQuiet(status) && Stopwatch.GetTimestamp() < deadline && _failure is null)
        {
            // Another process: there is nothing to wait for but its next answer.
            await Task.Delay(LookInterval, TimeProvider.System);
            status = await AskStatusAsync();
        }

        if (!IsQuiet(status))
        {
            Fail(null, $"something is left when all clients have gone: {status}");
        }

        var last = new FuzzCase(_options.Seed, int.MaxValue);
        _origin.Add(last);
        using var client = new FuzzClient(proxy);
        await client.RunAsync(last);
        var (resident, peak) = _proxy.Memory();
        if (Math.Max(resident, peak) > _options.MaxMemory)
        {
            Fail(null, $"memory {resident} MiB, at most {peak} MiB, is over {_options.MaxMemory} MiB");
        }

        async Task<string> AskStatusAsync()
        {
            using var answer = await http.GetAsync($"http://{api}/status");
            return await answer.Content.ReadAsStringAsync();
        }
    }

    private static bool IsQuiet(string status)
    {
        using var json = JsonDocument.Parse(status);
        var states = json.RootElement.GetProperty("States");
        return json.RootElement.GetProperty("InFlight").GetInt32() == 0
            && states.GetProperty("active").GetInt32() + states.GetProperty("idle").GetInt32()
            + states.GetProperty("upgraded").GetInt32() == 0;
    }

    private void Fail(FuzzCase? fuzzCase, string fault)
    {
        lock (_gate)
        {
            if (_failure is not null)
            {
                return;
            }

            var hasExited = _proxy is { HasExited: true } ? "; the proxy has ended" : "";
            _failure = fuzzCase is null
                ? $"{fault}{hasExited}; {_options.Transport}, seed {_options.Seed}, about input {_next}; log:\n"
                    + _proxy?.Log
                : $"""
                {fault}{hasExited}
                client: {Show(fuzzCase.Text)}
                cuts: {string.Join(' ', fuzzCase.Cuts)}, end: {fuzzCase.End}
                origin: {string.Join(" | ", fuzzCase.Replies.Select(Show))}
                again: {Again} --transport {_options.Transport}{(_options.TlsEngine is { } engine ? $" --tls {engine}" : "")} --seed {fuzzCase.Seed} --first {fuzzCase.Round}
                """;
            _failed.TrySetResult();
        }
    }

    private static string Show(Reply? reply)
    {
        if (reply is null)
        {
            return "-";
        }

        var early = reply.IsEarly ? "early " : "";
        return $"{string.Join(" + ", reply.Pieces.Select(Show))} {early}{reply.End}";
    }

    private static string Show(string text)
    {
        var shown = string.Concat(text.Take(6000).Select(letter => letter switch
        {
            '\r' => "\\r",
            '\n' => "\\n",
            '\\' => "\\\\",
            < ' ' or > '~' => $"\\x{(int)letter:x2}",
            _ => letter.ToString(),
        }));
        return shown.Length < text.Length ? $"{shown}... ({text.Length} bytes)" : shown;
    }
}
