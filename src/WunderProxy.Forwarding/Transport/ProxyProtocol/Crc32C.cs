using System.Numerics;

namespace WunderProxy.Forwarding.Transport.ProxyProtocol;

/// <summary>The CRC with Castagnoli's polynomial (RFC 9260 appendix A).</summary>
internal static class Crc32C
{
    /// <summary>The value before the first byte; the result is inverted after the last one.</summary>
    public const uint Start = uint.MaxValue;

    /// <summary>Adds bytes to a value.</summary>
    public static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return crc;
    }
}
