using System.Net;
using System.Text.RegularExpressions;

namespace WunderProxy.IntegrationTests.Infrastructure;

/// <summary><c>wunderproxy forward</c> on a free port, in a process of its own.</summary>
internal sealed partial class ForwardProcess : IDisposable
{
    private readonly WunderProxyProcess _process;

    private ForwardProcess(WunderProxyProcess process, IPEndPoint proxy, bool isSecure)
    {
        _process = process;
        Proxy = proxy;
        Authority = isSecure ? $"{ProxyWiring.HostName}:{proxy.Port}" : $"{proxy}";
        Address = new Uri($"{(isSecure ? "https" : "http")}://{Authority}/");
    }

    /// <summary>The address on which the proxy listens.</summary>
    public IPEndPoint Proxy { get; }

    /// <summary>Id of the process.</summary>
    public int Id => _process.Id;

    /// <summary>Host and port as clients name them, by the name of the certificate if they speak TLS.</summary>
    public string Authority { get; }

    /// <summary>URL of the start page behind the proxy.</summary>
    public Uri Address { get; }

    /// <summary>The output and the log of the process so far.</summary>
    public string Log => _process.Output + _process.Errors;

    /// <summary>Starts the process and waits until it listens.</summary>
    /// <param name="upstream">The upstream to which it forwards.</param>
    /// <param name="options">Further command-line options.</param>
    public static Task<ForwardProcess> StartAsync(EndPoint upstream, params string[] options) =>
        StartListeningAsync(upstream, ["--proxy", "127.0.0.1:0", .. options], isSecure: false);

    /// <summary>Starts the process on a transport, with or without TLS, and waits until it listens.</summary>
    /// <param name="upstream">The upstream to which it forwards.</param>
    /// <param name="wiring">Transport and TLS.</param>
    /// <param name="options">Further command-line options.</param>
    public static Task<ForwardProcess> StartAsync(EndPoint upstream, ProxyWiring wiring, params string[] options) =>
        StartListeningAsync(upstream, [.. wiring.Options, .. options], wiring.IsSecure);

    /// <summary>Sends a signal to the process.</summary>
    public void Signal(int signal) => _process.Signal(signal);

    public void Dispose() => _process.Dispose();

    private static async Task<ForwardProcess> StartListeningAsync(EndPoint upstream, string[] options, bool isSecure)
    {
        var process = WunderProxyProcess.Start(["forward", "--upstream", upstream.ToString()!, .. options]);
        try
        {
            var address = Match.Empty;
            await Eventually.TrueAsync(
                "the proxy listens",
                () => (address = Listening().Match(process.Errors + process.Output)).Success || process.HasExited);
            Assert.That(address.Success, process.Errors);
            return new ForwardProcess(process, IPEndPoint.Parse(address.Groups["address"].Value), isSecure);
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    [GeneratedRegex(@"proxy on (?:TLS )?(?<address>[0-9.]+:\d+)", RegexOptions.None, 1000)]
    private static partial Regex Listening();
}
