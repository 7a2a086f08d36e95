using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace WunderProxy.Forwarding.Transport.Tls;

/// <summary>Reads certificates and private keys from the text of a PEM file (RFC 7468).</summary>
public static class PemFile
{
    private const string Certificate = "CERTIFICATE";
    private const string EncryptedKey = "ENCRYPTED PRIVATE KEY";
    private const string AnyKey = "PRIVATE KEY";

    // RFC 4055 section 3.1: the object identifier of keys that sign by RSASSA-PSS alone, 1.2.840.113549.1.1.10, in DER.
    private static readonly byte[] PssOnly = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0A];

    // RFC 1421 section 4.6.1.1: the form of encrypted keys that OpenSSL wrote before PKCS #8.
    private const string OldEncryption = "Proc-Type: 4,ENCRYPTED";

    /// <summary>Reads all certificates, in their order; other objects in the text are skipped.</summary>
    /// <exception cref="TlsException">
    /// The text has no certificate, or one that is malformed; or the machine has no library for cryptography.
    /// </exception>
    public static IReadOnlyList<X509Certificate2> ReadCertificates(ReadOnlySpan<char> text)
    {
        TlsEngines.RequireLibrary();
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(text);
        }
        catch (CryptographicException exception)
        {
            throw new TlsException("has a malformed certificate", exception);
        }

        return certificates.Count > 0
            ? [.. certificates]
            : throw new TlsException(
                text.Contains("-----BEGIN " + Certificate, StringComparison.Ordinal)
                    ? "has a malformed certificate"
                    : "has no certificate in PEM form (-----BEGIN CERTIFICATE-----)");
    }

    /// <summary>Whether the text has a private key, of whatever form.</summary>
    public static bool HasKey(ReadOnlySpan<char> text) => text.Contains(AnyKey + "-----", StringComparison.Ordinal);

    /// <summary>Reads the first private key; other objects in the text are skipped.</summary>
    /// <param name="text">The text of the file, which the caller clears afterwards.</param>
    /// <param name="password">The password of an encrypted key; empty for none.</param>
    /// <exception cref="TlsException">
    /// The text has no key, the key is malformed, of a kind that is not supported, encrypted in the old form, or
    /// encrypted with another password.
    /// </exception>
    public static AsymmetricAlgorithm ReadKey(ReadOnlySpan<char> text, ReadOnlySpan<char> password)
    {
        if (text.Contains(OldEncryption, StringComparison.Ordinal))
        {
            throw new TlsException("is encrypted in the old form of OpenSSL; convert it with: openssl pkcs8 -topk8");
        }

        while (PemEncoding.TryFind(text, out var fields))
        {
            var label = text[fields.Label];
            if (label.EndsWith(AnyKey, StringComparison.Ordinal))
            {
                return label.SequenceEqual(EncryptedKey)
                    ? Decrypt(text[fields.Location], password)
                    : Import(text[fields.Location]);
            }

            text = text[fields.Location.End..];
        }

        throw new TlsException(
            HasKey(text) ? "has a malformed private key" : "has no private key in PEM form (-----BEGIN PRIVATE KEY-----)");
    }

    private static AsymmetricAlgorithm Decrypt(ReadOnlySpan<char> pem, ReadOnlySpan<char> password)
    {
        if (password.IsEmpty)
        {
            throw new TlsException("is an encrypted private key and needs --tls-key-password-file");
        }

        return TryImport(ECDsa.Create(), pem, password, out _)
            ?? TryImport(RSA.Create(), pem, password, out var cause)
            ?? throw new TlsException("has a private key that the password does not decrypt", cause!);
    }

    private static AsymmetricAlgorithm Import(ReadOnlySpan<char> pem) =>
        TryImport(ECDsa.Create(), pem, default, out _)
        ?? TryImport(RSA.Create(), pem, default, out var cause)
        ?? throw new TlsException(
            IsPssOnly(pem)
                ? "has an RSA-PSS key, which is not supported; use a key of type RSA, which signs by PSS too"
                : "has a private key that is malformed, or neither of an elliptic curve nor RSA",
            cause!);

    /// <summary>Whether the algorithm, with which a key of PKCS #8 begins, is RSASSA-PSS.</summary>
    private static bool IsPssOnly(ReadOnlySpan<char> pem)
    {
        // Behind the heads of two sequences and the version.
        const int MostBytesBefore = 16;
        var fields = PemEncoding.Find(pem);
        var key = new byte[fields.DecodedDataLength];
        try
        {
            return Convert.TryFromBase64Chars(pem[fields.Base64Data], key, out var length)
                && key.AsSpan(0, Math.Min(length, MostBytesBefore + PssOnly.Length)).IndexOf(PssOnly) >= 0;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static AsymmetricAlgorithm? TryImport(
        AsymmetricAlgorithm key, ReadOnlySpan<char> pem, ReadOnlySpan<char> password, out Exception? cause)
    {
        try
        {
            if (password.IsEmpty)
            {
                key.ImportFromPem(pem);
            }
            else
            {
                key.ImportFromEncryptedPem(pem, password);
            }

            cause = null;
            return key;
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException or NotSupportedException)
        {
            key.Dispose();
            cause = exception;
            return null;
        }
    }
}
