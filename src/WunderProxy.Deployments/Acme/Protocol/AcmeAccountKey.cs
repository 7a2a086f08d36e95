using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace WunderProxy.Deployments.Acme.Protocol;

/// <summary>The P-256 key of an ACME account, which signs every request to the server (RFC 8555 section 6.2).</summary>
internal sealed class AcmeAccountKey : IDisposable
{
    private const int KeyBits = 256;

    private readonly ECDsa _key;

    private AcmeAccountKey(ECDsa key)
    {
        _key = key;
        var point = key.ExportParameters(includePrivateParameters: false).Q;

        // The members stand in the order that the thumbprint prescribes (RFC 7638 section 3.2).
        Jwk = $$"""{"crv":"P-256","kty":"EC","x":"{{Text(point.X!)}}","y":"{{Text(point.Y!)}}"}""";
        Thumbprint = Text(SHA256.HashData(Encoding.ASCII.GetBytes(Jwk)));
    }

    /// <summary>The public key as a JSON web key (RFC 7517), without white space.</summary>
    public string Jwk { get; }

    /// <summary>The SHA-256 thumbprint of the public key in base64url (RFC 7638).</summary>
    public string Thumbprint { get; }

    /// <summary>Creates a random key for an account that the server does not know yet.</summary>
    public static AcmeAccountKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads a private key in PEM.</summary>
    /// <exception cref="FormatException">The text is not a P-256 private key in PEM.</exception>
    public static AcmeAccountKey FromPem(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return key.KeySize == KeyBits
                ? new AcmeAccountKey(key)
                : throw new FormatException($"the account key has {key.KeySize} bits, not {KeyBits}");
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new FormatException("the account key is not a private key in PEM", exception);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Returns the private key in PEM (PKCS #8).</summary>
    public string ToPem() => _key.ExportPkcs8PrivateKeyPem();

    /// <summary>Signs bytes with ES256 (RFC 7518 section 3.4): the two numbers of 32 bytes each.</summary>
    public byte[] Sign(byte[] bytes) =>
        _key.SignData(bytes, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <summary>Forgets the key.</summary>
    public void Dispose() => _key.Dispose();

    private static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
