using System.Buffers.Binary;
using System.Net;

namespace WunderProxy.Forwarding.Transport.ProxyProtocol;

/// <summary>
/// Parses the header of the PROXY protocol, version 1 or 2, by which a load balancer says at the start of a connection who
/// its client is (HAProxy's proxy-protocol.txt).
/// </summary>
/// <remarks>
/// <para>
/// The parser keeps no state and knows nothing above TCP: it is called with all bytes that have come so far, until it
/// says that they are a header or can be none. The header lies before everything else, in plain text on a TLS port too:
/// a TLS listener takes it out of the received bytes before the handshake begins, a plain connection before its first
/// request.
/// </para>
/// <para>Only addresses of TCP clients are taken over. All other headers mean: the address of the connection itself.</para>
/// </remarks>
internal static class ProxyHeader
{
    /// <summary>Longest header of version 1 with its CRLF, as the protocol has it.</summary>
    public const int MaxTextBytes = 107;

    /// <summary>
    /// Longest header of version 2. The protocol allows 64 KiB; what is in use, TLS certificates' names included, stays
    /// below a kilobyte.
    /// </summary>
    public const int MaxBinaryBytes = 4096;

    private const int PrefixBytes = 16;
    private const int ChecksumBytes = 4;
    private const byte ChecksumType = 3;

    private static ReadOnlySpan<byte> Text => "PROXY "u8;

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Parses a header at the start of a connection.</summary>
    /// <param name="bytes">All bytes that the connection has brought so far, in one piece.</param>
    /// <param name="consumed">Length of the header, once it is done; else 0.</param>
    /// <param name="source">
    /// The client's address and port; null if the header names none, as that of a balancer's own health check.
    /// </param>
    public static ProxyHeaderStatus Parse(ReadOnlySpan<byte> bytes, out int consumed, out IPEndPoint? source)
    {
        consumed = 0;
        source = null;
        return bytes.IsEmpty ? ProxyHeaderStatus.NeedMore
            : bytes[0] == Signature[0] ? ParseBinary(bytes, out consumed, out source)
            : ParseText(bytes, out consumed, out source);
    }

    private static ProxyHeaderStatus ParseText(ReadOnlySpan<byte> bytes, out int consumed, out IPEndPoint? source)
    {
        consumed = 0;
        source = null;
        var start = Math.Min(bytes.Length, Text.Length);
        if (!bytes[..start].SequenceEqual(Text[..start]))
        {
            return ProxyHeaderStatus.Malformed;
        }

        var window = bytes[..Math.Min(bytes.Length, MaxTextBytes)];
        var end = window.IndexOfAny((byte)'\r', (byte)'\n');
        if (end < 0)
        {
            return bytes.Length < MaxTextBytes ? ProxyHeaderStatus.NeedMore : ProxyHeaderStatus.Malformed;
        }

        if (window[end] != '\r' || end + 2 > MaxTextBytes)
        {
            return ProxyHeaderStatus.Malformed;
        }

        if (end + 1 == window.Length)
        {
            return ProxyHeaderStatus.NeedMore;
        }

        if (window[end + 1] != '\n' || !TextAddresses.TryParse(window[Text.Length..end], out source))
        {
            return ProxyHeaderStatus.Malformed;
        }

        consumed = end + 2;
        return ProxyHeaderStatus.Done;
    }

    private static ProxyHeaderStatus ParseBinary(ReadOnlySpan<byte> bytes, out int consumed, out IPEndPoint? source)
    {
        consumed = 0;
        source = null;
        var start = Math.Min(bytes.Length, Signature.Length);
        if (!bytes[..start].SequenceEqual(Signature[..start]) || (bytes.Length > 12 && bytes[12] is not (0x20 or 0x21)))
        {
            return ProxyHeaderStatus.Malformed;
        }

        if (bytes.Length < PrefixBytes)
        {
            return ProxyHeaderStatus.NeedMore;
        }

        var length = PrefixBytes + BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]);
        if (length > MaxBinaryBytes || bytes[13] >> 4 > 3 || (bytes[13] & 0xF) > 2)
        {
            return ProxyHeaderStatus.Malformed;
        }

        if (bytes.Length < length)
        {
            return ProxyHeaderStatus.NeedMore;
        }

        if (bytes[12] == 0x21 && !TryReadAddresses(bytes[..length], out source))
        {
            return ProxyHeaderStatus.Malformed;
        }

        consumed = length;
        return ProxyHeaderStatus.Done;
    }

    /// <summary>Reads the addresses of a header that names a client, and checks what follows them.</summary>
    private static bool TryReadAddresses(ReadOnlySpan<byte> header, out IPEndPoint? source)
    {
        source = null;
        var family = header[13] >> 4;
        var block = header[PrefixBytes..];

        // Two addresses and two ports, or two paths of unix sockets. What an unspecified family has there is not known.
        var addressBytes = family switch { 1 => 4, 2 => 16, _ => 0 };
        var blockBytes = family switch { 1 => 12, 2 => 36, 3 => 216, _ => 0 };
        if (family == 0)
        {
            return true;
        }

        if (block.Length < blockBytes || !AreVectorsValid(header, PrefixBytes + blockBytes))
        {
            return false;
        }

        if (header[13] is 0x11 or 0x21)
        {
            var port = BinaryPrimitives.ReadUInt16BigEndian(block[(2 * addressBytes)..]);
            source = new IPEndPoint(new IPAddress(block[..addressBytes]), port);
        }

        return true;
    }

    /// <summary>
    /// Whether the type-length-values fill the rest of the header, and a checksum among them, at most one, is right.
    /// </summary>
    private static bool AreVectorsValid(ReadOnlySpan<byte> header, int start)
    {
        var checksumAt = -1;
        for (var at = start; at < header.Length;)
        {
            if (header.Length - at < 3)
            {
                return false;
            }

            var type = header[at];
            var length = BinaryPrimitives.ReadUInt16BigEndian(header[(at + 1)..]);
            at += 3;
            if (header.Length - at < length)
            {
                return false;
            }

            if (type == ChecksumType)
            {
                if (checksumAt >= 0 || length != ChecksumBytes)
                {
                    return false;
                }

                checksumAt = at;
            }

            at += length;
        }

        return checksumAt < 0
            || BinaryPrimitives.ReadUInt32BigEndian(header[checksumAt..]) == Checksum(header, checksumAt);
    }

    /// <summary>The CRC32c of the header, with zeros in the place of the checksum.</summary>
    private static uint Checksum(ReadOnlySpan<byte> header, int checksumAt)
    {
        var crc = Crc32C.Add(Crc32C.Start, header[..checksumAt]);
        crc = Crc32C.Add(crc, stackalloc byte[ChecksumBytes]);
        return ~Crc32C.Add(crc, header[(checksumAt + ChecksumBytes)..]);
    }
}
