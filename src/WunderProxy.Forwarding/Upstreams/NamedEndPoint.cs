using System.Net;

namespace WunderProxy.Forwarding.Upstreams;

/// <summary>A host name and a port, formatted as people write them.</summary>
/// <param name="host">The host name.</param>
/// <param name="port">The port, 0 to 65535.</param>
internal sealed class NamedEndPoint(string host, int port) : DnsEndPoint(host, port)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Host}:{Port}";
}
