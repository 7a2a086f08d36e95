using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace WunderProxy.Deployments.Acme;

/// <summary>A certificate with its chain and key, judged, and the text in which they are kept.</summary>
internal sealed class IssuedCertificate
{
    /// <summary>Largest chain that is accepted, in bytes of PEM.</summary>
    public const int MaxChainBytes = 128 << 10;

    private const int MaxCertificates = 10;
    private const string DirectoryMark = "ACME directory: ";
    private const string CertificateLabel = "CERTIFICATE";
    private const string KeyLabel = "PRIVATE KEY";

    private IssuedCertificate(string host, string directory, string chainPem, string keyPem) =>
        (Host, Directory, ChainPem, KeyPem) = (host, directory, chainPem, keyPem);

    /// <summary>The name that the certificate is for.</summary>
    public string Host { get; }

    /// <summary>URL of the directory of the server that issued the certificate.</summary>
    public string Directory { get; }

    /// <summary>The certificate and its chain in PEM.</summary>
    public string ChainPem { get; }

    /// <summary>The private key of the certificate, in PEM.</summary>
    public string KeyPem { get; }

    /// <summary>The moment from which clients accept the certificate.</summary>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>The moment after which clients refuse the certificate.</summary>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>Name of the certificate for questions about its renewal; null if it has none.</summary>
    public string? RenewalId { get; init; }

    /// <summary>
    /// Whether the certificate was issued after another one. The ends do not tell: an authority may shorten the life of
    /// its certificates, or have one renewed early because it was revoked.
    /// </summary>
    public bool IsNewerThan(IssuedCertificate other) =>
        NotBefore == other.NotBefore ? NotAfter > other.NotAfter : NotBefore > other.NotBefore;

    /// <summary>Judges a certificate: it must hold the host's name and the key's public half.</summary>
    /// <exception cref="FormatException">The certificate cannot be used; the message says why.</exception>
    public static IssuedCertificate Parse(string host, string directory, string chainPem, string keyPem)
    {
        if (chainPem.Length > MaxChainBytes)
        {
            throw new FormatException($"the chain has more than {MaxChainBytes >> 10} KiB");
        }

        var chain = new X509Certificate2Collection();
        try
        {
            chain.ImportFromPem(chainPem);
            if (chain.Count is 0 or > MaxCertificates)
            {
                throw new FormatException($"the chain has {chain.Count} certificates");
            }

            var leaf = chain[0];
            using var key = ECDsa.Create();
            key.ImportFromPem(keyPem);
            if (!leaf.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo()))
            {
                throw new FormatException("the certificate is for another key");
            }

            if (!leaf.MatchesHostname(host, allowWildcards: true, allowCommonName: false))
            {
                throw new FormatException($"the certificate does not name {host}");
            }

            return new IssuedCertificate(host, directory, PemOf(chain), key.ExportPkcs8PrivateKeyPem())
            {
                NotBefore = new DateTimeOffset(leaf.NotBefore.ToUniversalTime()),
                NotAfter = new DateTimeOffset(leaf.NotAfter.ToUniversalTime()),
                RenewalId = Protocol.RenewalId.Of(leaf),
            };
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new FormatException("no certificates in PEM with a key in PEM", exception);
        }
        finally
        {
            foreach (var certificate in chain)
            {
                certificate.Dispose();
            }
        }
    }

    /// <summary>Reads a certificate from the text in which it is kept.</summary>
    /// <exception cref="FormatException">The text is no certificate for this host; the message says why.</exception>
    public static IssuedCertificate FromText(string host, byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        var firstLine = text.Split('\n', 2)[0].TrimEnd('\r');
        var directory = firstLine.StartsWith(DirectoryMark, StringComparison.Ordinal) ? firstLine[DirectoryMark.Length..] : "";
        return Parse(host, directory, BlocksOf(text, CertificateLabel), BlocksOf(text, KeyLabel));
    }

    /// <summary>
    /// Returns the text in which the certificate is kept: the key and the chain in PEM, as other programs read them too,
    /// after a line that names the server.
    /// </summary>
    public byte[] ToText() => Encoding.UTF8.GetBytes($"{DirectoryMark}{Directory}\n{KeyPem}\n{ChainPem}");

    private static string PemOf(X509Certificate2Collection chain) =>
        string.Concat(chain.Select(certificate => certificate.ExportCertificatePem() + "\n"));

    private static string BlocksOf(string text, string label)
    {
        var blocks = new StringBuilder();
        var rest = text.AsSpan();
        while (PemEncoding.TryFind(rest, out var found))
        {
            if (rest[found.Label].SequenceEqual(label))
            {
                blocks.Append(rest[found.Location]).Append('\n');
            }

            rest = rest[found.Location.End..];
        }

        return blocks.ToString();
    }
}
