using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace WunderProxy.TestSupport.Acme;

/// <summary>A certificate authority of one test.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _root;

    /// <summary>Creates the authority with a root that is valid for a hundred years from 2020.</summary>
    public TestAuthority()
    {
        var request = new CertificateRequest("CN=test authority", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var from = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
        _root = request.CreateSelfSigned(from, from.AddYears(100));
    }

    /// <summary>The root in PEM.</summary>
    public string RootPem => _root.ExportCertificatePem();

    /// <summary>Issues a certificate for a signing request.</summary>
    /// <param name="csr">The request in DER.</param>
    /// <param name="from">Start of the validity.</param>
    /// <param name="life">Length of the validity.</param>
    /// <returns>Certificate and root in PEM.</returns>
    public string Issue(byte[] csr, DateTimeOffset from, TimeSpan life)
    {
        var request = CertificateRequest.LoadSigningRequest(
            csr, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
        return Sign(request, from, life);
    }

    /// <summary>Makes a certificate and its key for names and addresses.</summary>
    /// <returns>Certificate with root, and key, in PEM.</returns>
    public (string Chain, string Key) Make(DateTimeOffset from, TimeSpan life, params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        request.CertificateExtensions.Add(alternatives.Build());
        return (Sign(request, from, life), key.ExportPkcs8PrivateKeyPem());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _root.Dispose();
        _key.Dispose();
    }

    private string Sign(CertificateRequest request, DateTimeOffset from, TimeSpan life)
    {
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_root, true, false));
        using var certificate = request.Create(_root, from, from + life, RandomNumberGenerator.GetBytes(16));
        return certificate.ExportCertificatePem() + "\n" + RootPem + "\n";
    }
}
