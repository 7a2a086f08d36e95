using System.CommandLine;
using System.Net;
using WunderProxy.Configuration;
using WunderProxy.Forwarding.Fallback;

namespace WunderProxy.Cli;

/// <summary>The command-line options about peers, and their conversion to <see cref="FallbackOptions"/>.</summary>
internal sealed class PeerCliOptions
{
    private readonly Option<EndPoint[]> _peer = CliOption.Repeatable<EndPoint>(
        "--peer",
        "HOST:PORT",
        "Proxy of another instance to try when this one cannot answer; needs --peer-key-file",
        "an address such as 10.0.0.2:80",
        TryParsePeer);

    private readonly Option<string?> _keyFile = CliOption.Path(
        "--peer-key-file", "FILE", "File with the secret that all peers share; read again on SIGHUP");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_peer);
        command.Options.Add(_keyFile);
    }

    /// <summary>Converts the given options about peers.</summary>
    /// <returns>
    /// The options, or null without a key. With a key alone, requests from peers are believed but none are sent.
    /// </returns>
    /// <exception cref="UsageException">A peer is given without a key, or the key cannot be read.</exception>
    public FallbackOptions? Map(ParseResult parsed)
    {
        var peers = parsed.GetValue(_peer) ?? [];
        if (parsed.GetValue(_keyFile) is not { Length: > 0 } path)
        {
            return peers.Length == 0 ? null : throw new UsageException("--peer needs --peer-key-file");
        }

        // Called at the start, and again with every SIGHUP.
        var key = new PeerKey(() =>
        {
            var bytes = PeerKeyFile.Read(path);
            if (PeerKeyFile.WarningOf(path) is { } warning)
            {
                parsed.InvocationConfiguration.Error.WriteLine("wunderproxy: warning: " + warning);
            }

            return bytes;
        });

        // A peer's name is resolved when needed: otherwise two instances that name each other could not start.
        return new FallbackOptions(peers, key);
    }

    private static bool TryParsePeer(string text, out EndPoint endPoint) =>
        SocketAddressText.TryParse(text, out endPoint) && endPoint switch
        {
            IPEndPoint ip => ip.Port != 0 && !ip.Address.Equals(IPAddress.Any) && !ip.Address.Equals(IPAddress.IPv6Any),
            DnsEndPoint name => name.Port != 0,
            _ => false,
        };
}
