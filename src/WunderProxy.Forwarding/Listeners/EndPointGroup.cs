using System.Net;
using System.Net.Sockets;

namespace WunderProxy.Forwarding.Listeners;

/// <summary>
/// Several addresses of this machine that one text stands for and that are listened on together: both families of
/// <c>:80</c>, or the addresses of a name.
/// </summary>
/// <param name="text">The text, for messages.</param>
/// <param name="addresses">The addresses, all with the same port; with port 0 all get the same free port.</param>
public sealed class EndPointGroup(string text, IReadOnlyList<IPEndPoint> addresses) : EndPoint
{
    /// <summary>The addresses of the group, at least one.</summary>
    public IReadOnlyList<IPEndPoint> Addresses { get; } = addresses;

    /// <summary>Unspecified, because each address has its own family.</summary>
    public override AddressFamily AddressFamily => AddressFamily.Unspecified;

    /// <summary>Returns every address of this machine, IPv4 and IPv6.</summary>
    public static EndPointGroup AnyAddress(int port) =>
        new($":{port}", [new IPEndPoint(IPAddress.Any, port), new IPEndPoint(IPAddress.IPv6Any, port)]);

    /// <inheritdoc/>
    public override string ToString() => text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is EndPointGroup other && Addresses.SequenceEqual(other.Addresses);

    /// <inheritdoc/>
    public override int GetHashCode() => Addresses.Aggregate(0, HashCode.Combine);
}
