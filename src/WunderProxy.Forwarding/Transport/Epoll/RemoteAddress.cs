using System.Buffers.Binary;
using System.Net;

namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>
/// The IP address and port of a remote end in as few bytes as possible, for idle connections; converted to an object
/// only on request.
/// </summary>
internal readonly struct RemoteAddress
{
    /// <summary>
    /// Size of the largest address requested from the kernel, in bytes: struct sockaddr_un with its terminator.
    /// </summary>
    public const int MaxBytes = 112;

    private const int FamilyUnix = 1;
    private const int FamilyV4 = 2;
    private const int FamilyV6 = 10;

    private readonly ulong _high;
    private readonly ulong _low;
    private readonly uint _scope;
    private readonly ushort _port;
    private readonly byte _family;

    /// <summary>Reads a struct sockaddr_in or sockaddr_in6; any other family is stored as unknown.</summary>
    public RemoteAddress(ReadOnlySpan<byte> address)
    {
        var family = address.Length >= 2 ? BitConverter.ToUInt16(address) : 0;
        if (family == FamilyV4 && address.Length >= 8)
        {
            _family = FamilyV4;
            _port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
            _low = BinaryPrimitives.ReadUInt32BigEndian(address[4..]);
        }
        else if (family == FamilyV6 && address.Length >= 28)
        {
            _family = FamilyV6;
            _port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
            _high = BinaryPrimitives.ReadUInt64BigEndian(address[8..]);
            _low = BinaryPrimitives.ReadUInt64BigEndian(address[16..]);
            _scope = BitConverter.ToUInt32(address[24..]);
        }
        else if (family == FamilyUnix)
        {
            _family = FamilyUnix;
        }
    }

    /// <summary>Stores an address and port that did not come from the kernel.</summary>
    public static RemoteAddress Of(IPEndPoint endPoint)
    {
        var address = endPoint.Serialize();
        return new RemoteAddress(address.Buffer.Span[..address.Size]);
    }

    /// <summary>
    /// Returns the address as an object, an IPv4 address mapped into IPv6 as IPv4, or null if it is not an IP address.
    /// </summary>
    public IPEndPoint? ToEndPoint()
    {
        switch (_family)
        {
            case FamilyV4:
                return new IPEndPoint(new IPAddress(BinaryPrimitives.ReverseEndianness((uint)_low)), _port);
            case FamilyV6:
                var bytes = (stackalloc byte[16]);
                BinaryPrimitives.WriteUInt64BigEndian(bytes, _high);
                BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], _low);
                var address = new IPAddress(bytes, _scope);
                return new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, _port);
            default:
                return null;
        }
    }
}
