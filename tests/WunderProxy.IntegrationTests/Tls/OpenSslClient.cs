using System.Diagnostics;
using System.Text;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Tls;

/// <summary><c>openssl s_client</c> on a connection to the program: what is written to it goes to the server or is a command.</summary>
internal sealed class OpenSslClient : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _said = new();
    private readonly Task _reading;

    private OpenSslClient(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(KeepAsync(process.StandardOutput), KeepAsync(process.StandardError));
    }

    /// <summary>All that it has said, of the connection and of what the server sent.</summary>
    public string Said
    {
        get
        {
            lock (_said)
            {
                return _said.ToString();
            }
        }
    }

    /// <summary>Connects. Its standard input stays open, or it would end the connection with that.</summary>
    public static OpenSslClient Start(ForwardProcess proxy, params string[] options) => new(Process.Start(HostProgram.Describe(
        "openssl",
        [
            "s_client", "-connect", $"{proxy.Proxy}", "-servername", ProxyWiring.HostName, "-CAfile",
            ProxyWiring.CertificateFile, .. options,
        ]))!);

    /// <summary>Writes to its standard input; R, K and k at the beginning of what it reads at once are commands.</summary>
    public async Task WriteAsync(string text)
    {
        await _process.StandardInput.WriteAsync(text);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Waits until it has said something.</summary>
    public Task WaitForAsync(string text) =>
        Eventually.TrueAsync($"'{text}' in: {Said}", () => Said.Contains(text, StringComparison.Ordinal));

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await _process.WaitForExitAsync(deadline.Token);
        await _reading;
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private async Task KeepAsync(StreamReader reader)
    {
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer) is > 0 and var count)
        {
            lock (_said)
            {
                _said.Append(buffer, 0, count);
            }
        }
    }
}
