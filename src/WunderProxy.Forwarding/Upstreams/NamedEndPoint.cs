using System.Net;

namespace WunderProxy.Forwarding.Upstreams;

/// <summary>A host name and a port, written as people write them.</summary>
/// <param name="host">The name.</param>
/// <param name="port">The port.</param>
internal sealed class NamedEndPoint(string host, int port) : DnsEndPoint(host, port)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Host}:{Port}";
}
