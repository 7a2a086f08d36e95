using System.Buffers;
using System.Security.Cryptography;

namespace WunderProxy.Forwarding.Fallback;

/// <summary>Computes the HMAC-SHA256 of a fallback's text, in hexadecimal.</summary>
internal static class FallbackSignature
{
    /// <summary>Number of hexadecimal digits of a signature.</summary>
    public const int HexDigits = HMACSHA256.HashSizeInBytes * 2;

    /// <summary>Signs a fallback's text with the peer key.</summary>
    /// <param name="key">The shared secret.</param>
    /// <param name="text">The text to sign.</param>
    /// <param name="mac">Receives <see cref="HexDigits"/> lower-case hexadecimal digits.</param>
    public static void Sign(PeerKey key, ReadOnlySpan<byte> text, Span<byte> mac)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.Bytes, text, hash);
        Convert.TryToHexStringLower(hash, mac, out _);
    }

    /// <summary>Whether the signature is that of the text; compared in constant time.</summary>
    public static bool IsOf(PeerKey key, ReadOnlySpan<byte> text, ReadOnlySpan<byte> mac)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> claimed = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.Bytes, text, hash);
        var isHex = mac.Length == HexDigits && Convert.FromHexString(mac, claimed, out _, out _) == OperationStatus.Done;
        return isHex && CryptographicOperations.FixedTimeEquals(hash, claimed);
    }
}
