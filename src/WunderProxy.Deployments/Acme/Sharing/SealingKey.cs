using System.Security.Cryptography;
using System.Text;

namespace WunderProxy.Deployments.Acme.Sharing;

/// <summary>
/// Seals what instances share through the store, so that the store's readers learn nothing and its writers can forge
/// nothing: AES-256-GCM, with the name of the document as additional data.
/// </summary>
public sealed class SealingKey
{
    /// <summary>Fewest bytes of a secret.</summary>
    public const int MinSecretBytes = 32;

    private const int KeyBytes = 32;
    private const int KeyIdBytes = 8;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly byte[] _key;
    private readonly byte[] _header;

    /// <summary>Derives the key from a secret (HKDF with SHA-256, RFC 5869).</summary>
    /// <param name="secret">Random bytes, or text of them, at least 32.</param>
    public SealingKey(ReadOnlySpan<byte> secret)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(secret.Length, MinSecretBytes, nameof(secret));
        _key = Derive(secret, KeyBytes, "wunderproxy acme seal 1");
        _header = [.. Mark, .. Derive(secret, KeyIdBytes, "wunderproxy acme key id 1")];
    }

    private static ReadOnlySpan<byte> Mark => "WPSEAL1\n"u8;

    /// <summary>Seals a document.</summary>
    /// <param name="name">Name of the document, which has to be given again to open it.</param>
    /// <param name="content">The content.</param>
    internal byte[] Seal(string name, ReadOnlySpan<byte> content)
    {
        var sealedBytes = new byte[_header.Length + NonceBytes + TagBytes + content.Length];
        _header.CopyTo(sealedBytes, 0);
        var nonce = sealedBytes.AsSpan(_header.Length, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(_key, TagBytes);
        cipher.Encrypt(
            nonce,
            content,
            sealedBytes.AsSpan(_header.Length + NonceBytes + TagBytes),
            sealedBytes.AsSpan(_header.Length + NonceBytes, TagBytes),
            DataOf(name));
        return sealedBytes;
    }

    /// <summary>Opens a sealed document.</summary>
    /// <param name="name">Name of the document.</param>
    /// <param name="sealedBytes">The sealed document.</param>
    /// <param name="content">The content; empty if it cannot be opened.</param>
    internal SealVerdict TryOpen(string name, ReadOnlySpan<byte> sealedBytes, out byte[] content)
    {
        content = [];
        if (sealedBytes.Length < _header.Length + NonceBytes + TagBytes || !sealedBytes.StartsWith(Mark))
        {
            return SealVerdict.Damaged;
        }

        if (!sealedBytes.StartsWith(_header))
        {
            return SealVerdict.OtherKey;
        }

        var rest = sealedBytes[_header.Length..];
        var opened = new byte[rest.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(_key, TagBytes);
        try
        {
            cipher.Decrypt(
                rest[..NonceBytes], rest[(NonceBytes + TagBytes)..], rest.Slice(NonceBytes, TagBytes), opened, DataOf(name));
        }
        catch (AuthenticationTagMismatchException)
        {
            return SealVerdict.Damaged;
        }

        content = opened;
        return SealVerdict.Good;
    }

    private byte[] DataOf(string name) => [.. _header, .. Encoding.UTF8.GetBytes(name)];

    private static byte[] Derive(ReadOnlySpan<byte> secret, int length, string purpose)
    {
        var derived = new byte[length];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, derived, salt: [], Encoding.ASCII.GetBytes(purpose));
        return derived;
    }
}
