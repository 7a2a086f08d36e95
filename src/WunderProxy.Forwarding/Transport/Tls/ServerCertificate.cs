using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace WunderProxy.Forwarding.Transport.Tls;

/// <summary>A certificate of a server, with its private key and the issuers that are sent with it. Immutable.</summary>
/// <remarks>
/// The key stays in the memory of the cryptographic library. Handshakes under way may use a certificate after it was
/// replaced, so that nobody disposes of it; it is freed with the last reference.
/// </remarks>
public sealed class ServerCertificate
{
    /// <summary>Creates a certificate whose leaf contains its private key.</summary>
    internal ServerCertificate(X509Certificate2 leaf, IReadOnlyList<X509Certificate2> chain)
    {
        Leaf = leaf;
        Chain = chain;
        Names = NamesOf(leaf);
        NotBefore = new DateTimeOffset(leaf.NotBefore.ToUniversalTime());
        NotAfter = new DateTimeOffset(leaf.NotAfter.ToUniversalTime());
    }

    /// <summary>The certificate of the server; contains the private key.</summary>
    public X509Certificate2 Leaf { get; }

    /// <summary>The issuers that are sent after the certificate, the nearest first.</summary>
    public IReadOnlyList<X509Certificate2> Chain { get; }

    /// <summary>
    /// The names that the certificate is for, some of which may begin with <c>*.</c>: its DNS names (RFC 5280 section
    /// 4.2.1.6) or, if it has none, the common name of its subject.
    /// </summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The time from which the certificate is valid.</summary>
    public DateTimeOffset NotBefore { get; }

    /// <summary>The time until which the certificate is valid.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>Joins certificates and a private key.</summary>
    /// <param name="certificates">The server's certificate and then its issuers, at least one; see <see cref="PemFile"/>.</param>
    /// <param name="key">The private key, of type <see cref="ECDsa"/> or <see cref="RSA"/>; the caller disposes of it.</param>
    /// <exception cref="TlsException">The key belongs to another certificate, or the certificate is not for servers.</exception>
    public static ServerCertificate Create(IReadOnlyList<X509Certificate2> certificates, AsymmetricAlgorithm key)
    {
        ArgumentNullException.ThrowIfNull(certificates);
        ArgumentNullException.ThrowIfNull(key);
        if (WithKey(certificates[0], key) is not { } leaf)
        {
            throw new TlsException(
                certificates.Skip(1).Any(issuer => WithKey(issuer, key) is not null)
                    ? "the key belongs to a later certificate of the file; the server's certificate has to be the first"
                    : "the key belongs to another certificate");
        }

        try
        {
            return new ServerCertificate(leaf, [.. certificates.Skip(1)]);
        }
        catch (CryptographicException exception)
        {
            throw new TlsException($"the certificate is malformed ({exception.Message.TrimEnd('.')})", exception);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Names.Count > 0 ? Names[0] : Leaf.Subject;

    private static X509Certificate2? WithKey(X509Certificate2 certificate, AsymmetricAlgorithm key)
    {
        try
        {
            return (certificate.GetKeyAlgorithm(), key) switch
            {
                (EllipticCurveKey, ECDsa elliptic) => certificate.CopyWithPrivateKey(elliptic),
                (RsaKey, RSA rsa) => certificate.CopyWithPrivateKey(rsa),
                _ => null,
            };
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException
            or InvalidOperationException or NotSupportedException)
        {
            return null;
        }
    }

    private static string[] NamesOf(X509Certificate2 leaf)
    {
        string[] names =
        [
            .. leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>()
                .SelectMany(extension => extension.EnumerateDnsNames())
                .Distinct(StringComparer.OrdinalIgnoreCase),
        ];
        if (names.Length > 0)
        {
            return names;
        }

        var common = leaf.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        return common.Length > 0 && !IPAddress.TryParse(common, out _) ? [common] : [];
    }

    // Object identifiers of the kinds of keys (RFC 3279 section 2.3, RFC 5480 section 2.1.1).
    private const string RsaKey = "1.2.840.113549.1.1.1";
    private const string EllipticCurveKey = "1.2.840.10045.2.1";
}
