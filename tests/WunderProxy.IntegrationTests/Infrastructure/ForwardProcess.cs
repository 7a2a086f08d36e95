using System.Net;
using System.Text.RegularExpressions;

namespace WunderProxy.IntegrationTests.Infrastructure;

/// <summary><c>wunderproxy forward</c> on a free port, in a process of its own.</summary>
internal sealed partial class ForwardProcess : IDisposable
{
    private readonly WunderProxyProcess _process;

    private ForwardProcess(WunderProxyProcess process, IPEndPoint proxy)
    {
        _process = process;
        Proxy = proxy;
    }

    /// <summary>The address on which the proxy listens.</summary>
    public IPEndPoint Proxy { get; }

    /// <summary>Id of the process.</summary>
    public int Id => _process.Id;

    /// <summary>URL of the start page behind the proxy.</summary>
    public Uri Address => new($"http://{Proxy}/");

    /// <summary>The output and the log of the process so far.</summary>
    public string Log => _process.Output + _process.Errors;

    /// <summary>Starts the process and waits until it listens.</summary>
    /// <param name="upstream">The upstream to which it forwards.</param>
    /// <param name="options">Further command-line options.</param>
    public static async Task<ForwardProcess> StartAsync(EndPoint upstream, params string[] options)
    {
        var process = WunderProxyProcess.Start(
            ["forward", "--upstream", upstream.ToString()!, "--proxy", "127.0.0.1:0", .. options]);
        try
        {
            var address = Match.Empty;
            await Eventually.TrueAsync(
                "the proxy listens",
                () => (address = Listening().Match(process.Errors + process.Output)).Success || process.HasExited);
            Assert.That(address.Success, process.Errors);
            return new ForwardProcess(process, IPEndPoint.Parse(address.Groups["address"].Value));
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    public void Dispose() => _process.Dispose();

    [GeneratedRegex(@"proxy on (?<address>[0-9.]+:\d+)", RegexOptions.None, 1000)]
    private static partial Regex Listening();
}
