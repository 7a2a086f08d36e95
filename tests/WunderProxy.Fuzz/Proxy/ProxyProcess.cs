using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace WunderProxy.Fuzz.Proxy;

/// <summary>The built program as a process of its own, with both of its logs watched.</summary>
internal sealed partial class ProxyProcess : IDisposable
{
    private readonly Process _process;
    private readonly Action<string> _onFailure;
    private readonly TaskCompletionSource<IPEndPoint> _proxy = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<IPEndPoint> _api = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _lines = [];
    private long _accessLines;

    /// <summary>Starts it.</summary>
    /// <param name="program">The executable.</param>
    /// <param name="arguments">What it is started with, beyond the addresses of upstream and manager API.</param>
    /// <param name="upstream">Where it forwards to.</param>
    /// <param name="onFailure">Told when it logs a fault of its own, or a line that is none.</param>
    public ProxyProcess(string program, IEnumerable<string> arguments, IPEndPoint upstream, Action<string> onFailure)
    {
        _onFailure = onFailure;
        string[] ours =
        [
            "forward", "--upstream", upstream.ToString(), "--api", "127.0.0.1:0",
            "--access-log", "json", "--response-timeout", "3s", "--header-timeout", "3s", "--body-timeout", "3s",
            "--connect-timeout", "20s", "--shutdown-grace", "0s",
        ];
        var start = new ProcessStartInfo(program, [.. ours, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => OnAccessLine(line.Data);
        _process.ErrorDataReceived += (_, line) => OnLine(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Where it listens for clients.</summary>
    public Task<IPEndPoint> Proxy => _proxy.Task.WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>Where its manager API is.</summary>
    public Task<IPEndPoint> Api => _api.Task.WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>Whether it is gone.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Lines of the access log.</summary>
    public long AccessLines => Interlocked.Read(ref _accessLines);

    /// <summary>What it logged.</summary>
    public string Log
    {
        get
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    /// <summary>Memory in use, and the most there ever was, in MiB.</summary>
    public (long Resident, long Peak) Memory()
    {
        var status = File.ReadAllLines($"/proc/{_process.Id}/status");
        return (Read("VmRSS:"), Read("VmHWM:"));

        long Read(string key) => long.Parse(
            status.First(line => line.StartsWith(key, StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
            CultureInfo.InvariantCulture) / 1024;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private void OnLine(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lines)
        {
            _lines.Add(line);
        }

        if (AddressOf(ManagerAddress(), line) is { } api)
        {
            _api.TrySetResult(api);
        }
        else if (AddressOf(ProxyAddress(), line) is { } proxy)
        {
            _proxy.TrySetResult(proxy);
        }

        if (line.Contains(" ERROR ", StringComparison.Ordinal) || line.Any(letter => letter is < ' ' or > '~'))
        {
            _onFailure($"the proxy logged: {line}");
        }
    }

    private void OnAccessLine(string? line)
    {
        if (line is null)
        {
            return;
        }

        Interlocked.Increment(ref _accessLines);
        try
        {
            using var json = JsonDocument.Parse(line);
            if (!line.All(letter => letter is >= ' ' and <= '~')
                || json.RootElement.GetProperty("http.response.status_code").GetInt32() < 100)
            {
                _onFailure($"a line of the access log is not plain: {line}");
            }
        }
        catch (Exception exception) when (
            exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            _onFailure($"a line of the access log is broken: {line}");
        }
    }

    private static IPEndPoint? AddressOf(Regex pattern, string line) =>
        pattern.Match(line) is { Success: true } match ? IPEndPoint.Parse(match.Groups["address"].Value) : null;

    [GeneratedRegex(@"manager API on (?<address>[0-9.:]+[0-9])", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ManagerAddress();

    [GeneratedRegex(@"proxy on (?:TLS )?(?<address>[0-9.:]+[0-9])", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ProxyAddress();
}
