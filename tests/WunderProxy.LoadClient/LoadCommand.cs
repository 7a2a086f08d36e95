using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace WunderProxy.LoadClient;

/// <summary>The command line of the load client.</summary>
/// <param name="Options">The requests to send.</param>
/// <param name="Duration">How long to send; null means until the control input says <c>stop</c> or ends.</param>
/// <param name="Requests">Sending goes on after the duration until this many requests have finished.</param>
internal sealed record LoadCommand(LoadOptions Options, TimeSpan? Duration, long Requests)
{
    public const string Usage =
        """
        usage: wunderproxy-load HOST:PORT|unix:PATH [--connections 16] [--rate 600] [--seconds N] [--requests N] [--timeout 15] [--seed N]
                                [--tls CERTIFICATE] [--accept-encoding "br, gzip"]

        --tls speaks TLS and accepts no certificate but the one of that file; --accept-encoding asks for compressed answers, and decodes.

        Sends a mix of GETs, POSTs and streams and never retries. Without --seconds it runs until standard input says `stop` or ends;
        `switching REVISION`, `switched` and `refused` there tell of switches, so that stale answers are counted. Exit code 1 when
        anything failed or was stale.
        """;

    public static LoadCommand Parse(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 || arguments.Count % 2 == 0)
        {
            throw new FormatException("an address, then options with a value each");
        }

        var command = new LoadCommand(new LoadOptions { EndPoint = ParseEndPoint(arguments[0]) }, null, 0);
        for (var i = 1; i < arguments.Count; i += 2)
        {
            command = command.With(arguments[i], arguments[i + 1]);
        }

        return command;
    }

    private LoadCommand With(string option, string value) => option switch
    {
        "--tls" => this with { Options = Options with { Tls = TrustOnly(value) } },
        "--accept-encoding" => this with { Options = Options with { AcceptEncoding = value } },
        _ => With(option, int.Parse(value, CultureInfo.InvariantCulture)),
    };

    private LoadCommand With(string option, int value) => option switch
    {
        "--connections" => this with { Options = Options with { Connections = value } },
        "--rate" => this with { Options = Options with { RequestsPerSecond = value } },
        "--timeout" => this with { Options = Options with { Timeout = TimeSpan.FromSeconds(value) } },
        "--seed" => this with { Options = Options with { Seed = value } },
        "--seconds" => this with { Duration = TimeSpan.FromSeconds(value) },
        "--requests" => this with { Requests = value },
        _ => throw new FormatException($"unknown option {option}"),
    };

    private static SslClientAuthenticationOptions TrustOnly(string path)
    {
        var trusted = X509Certificate2.CreateFromPem(File.ReadAllText(path));
        return new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = (_, shown, _, _) =>
                shown is not null && trusted.RawDataMemory.Span.SequenceEqual(shown.GetRawCertData()),
        };
    }

    private static EndPoint ParseEndPoint(string text) => text.StartsWith("unix:", StringComparison.Ordinal)
        ? new UnixDomainSocketEndPoint(text["unix:".Length..])
        : IPEndPoint.Parse(text.Replace("localhost", "127.0.0.1", StringComparison.Ordinal));
}
