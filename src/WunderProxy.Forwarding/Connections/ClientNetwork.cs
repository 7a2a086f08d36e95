using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace WunderProxy.Forwarding.Connections;

/// <summary>
/// The unit by which clients are counted: an IPv4 address, or the /64 of an IPv6 address, since every customer has at
/// least a /64 (RFC 6177).
/// </summary>
public readonly record struct ClientNetwork
{
    private readonly ulong _bits;
    private readonly bool _isV6;

    private ClientNetwork(ulong bits, bool isV6)
    {
        _bits = bits;
        _isV6 = isV6;
    }

    /// <summary>Returns the network of an address; an IPv4 address mapped into IPv6 counts as IPv4.</summary>
    /// <exception cref="ArgumentException">The address is neither IPv4 nor IPv6.</exception>
    public static ClientNetwork Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        if (!address.TryWriteBytes(bytes, out var length))
        {
            throw new ArgumentException("not an IP address", nameof(address));
        }

        return address.AddressFamily == AddressFamily.InterNetwork && length == 4 ? OfV4(bytes)
            : address.IsIPv4MappedToIPv6 ? OfV4(bytes[12..])
            : new ClientNetwork(BinaryPrimitives.ReadUInt64BigEndian(bytes), isV6: true);
    }

    private static ClientNetwork OfV4(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt32BigEndian(bytes), isV6: false);
}
