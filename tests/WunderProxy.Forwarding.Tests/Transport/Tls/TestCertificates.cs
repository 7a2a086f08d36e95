using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Forwarding.Tests.Transport.Tls;

/// <summary>Certificates that are signed by themselves, made once for all tests.</summary>
internal static class TestCertificates
{
    /// <summary>An elliptic-curve certificate for example.test.</summary>
    public static readonly ServerCertificate Example = New(ECDsa.Create(ECCurve.NamedCurves.nistP256), "example.test");

    /// <summary>An elliptic-curve certificate for other.test and the names below wild.test.</summary>
    public static readonly ServerCertificate Other =
        New(ECDsa.Create(ECCurve.NamedCurves.nistP256), "other.test", "*.wild.test");

    /// <summary>An RSA certificate for rsa.test.</summary>
    public static readonly ServerCertificate Rsa = New(RSA.Create(2048), "rsa.test");

    /// <summary>The three certificates, of which <see cref="Example"/> is the default.</summary>
    public static CertificateSet All => new([Example, Other, Rsa]);

    public static TlsSource Source(TlsEngine engine) => new(new TlsPolicy { Engine = engine }, All);

    public static TlsSource? Source(Wiring wiring) => wiring switch
    {
        Wiring.OpenSsl => Source(TlsEngine.OpenSsl),
        Wiring.Runtime => Source(TlsEngine.Runtime),
        _ => null,
    };

    public static ServerCertificate New(AsymmetricAlgorithm key, params string[] names)
    {
        var subject = new X500DistinguishedName($"CN={names[0]}");
        var request = key is ECDsa elliptic
            ? new CertificateRequest(subject, elliptic, HashAlgorithmName.SHA256)
            : new CertificateRequest(subject, (RSA)key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            alternatives.AddDnsName(name);
        }

        request.CertificateExtensions.Add(alternatives.Build());
        var now = TimeProvider.System.GetUtcNow();
        return new ServerCertificate(request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30)), []);
    }
}
