using System.Buffers.Binary;
using System.Net;
using WunderProxy.Forwarding.Transport.ProxyProtocol;

namespace WunderProxy.Forwarding.Tests.Transport.ProxyProtocol;

/// <summary>Makes headers of version 2, well-formed or not.</summary>
internal static class ProxyHeaders
{
    public const byte Tcp4 = 0x11;
    public const byte Tcp6 = 0x21;

    /// <summary>A header that names a client, with vectors behind the addresses.</summary>
    public static byte[] Proxy(string source, params byte[] vectors)
    {
        var client = IPEndPoint.Parse(source);
        var address = client.Address.GetAddressBytes();
        var block = new byte[(2 * address.Length) + 4];
        address.CopyTo(block, 0);
        address.CopyTo(block, address.Length);
        BinaryPrimitives.WriteUInt16BigEndian(block.AsSpan(2 * address.Length), (ushort)client.Port);
        return Binary(0x21, address.Length == 4 ? Tcp4 : Tcp6, [.. block, .. vectors]);
    }

    /// <summary>A header of any command and family.</summary>
    public static byte[] Binary(byte command, byte family, params byte[] block)
    {
        byte[] header = [.. "\r\n\r\n\0\r\nQUIT\n"u8, command, family, 0, 0, .. block];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(14), (ushort)block.Length);
        return header;
    }

    public static byte[] Vector(byte type, params byte[] value) => [type, (byte)(value.Length >> 8), (byte)value.Length, .. value];

    /// <summary>Puts the right checksum into the last four bytes, which are zeros.</summary>
    public static byte[] WithChecksum(byte[] header)
    {
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(header.Length - 4), ~Crc32C.Add(Crc32C.Start, header));
        return header;
    }
}
