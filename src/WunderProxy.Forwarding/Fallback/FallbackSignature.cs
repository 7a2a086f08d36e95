using System.Buffers;
using System.Security.Cryptography;

namespace WunderProxy.Forwarding.Fallback;

/// <summary>HMAC-SHA256 of a fallback's text, in hexadecimal.</summary>
internal static class FallbackSignature
{
    /// <summary>Digits of a signature.</summary>
    public const int HexDigits = HMACSHA256.HashSizeInBytes * 2;

    /// <summary>Signs a text.</summary>
    /// <param name="key">The secret.</param>
    /// <param name="text">What is signed.</param>
    /// <param name="mac">Gets <see cref="HexDigits"/> lower-case digits.</param>
    public static void Sign(PeerKey key, ReadOnlySpan<byte> text, Span<byte> mac)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.Bytes, text, hash);
        Convert.TryToHexStringLower(hash, mac, out _);
    }

    /// <summary>Whether the signature is the text's; compared in a time that tells nothing.</summary>
    public static bool IsOf(PeerKey key, ReadOnlySpan<byte> text, ReadOnlySpan<byte> mac)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> claimed = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.Bytes, text, hash);
        var isHex = mac.Length == HexDigits && Convert.FromHexString(mac, claimed, out _, out _) == OperationStatus.Done;
        return isHex && CryptographicOperations.FixedTimeEquals(hash, claimed);
    }
}
