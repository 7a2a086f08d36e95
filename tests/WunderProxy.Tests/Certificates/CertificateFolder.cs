using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace WunderProxy.Tests.Certificates;

/// <summary>A folder for certificates that are made for a test, removed with it.</summary>
internal sealed class CertificateFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("wunderproxy-tls-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);

    public string At(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>
    /// Writes NAME.crt and NAME.key of a certificate for some names, valid for a time around now; of an elliptic curve, unless
    /// a length of an RSA key is given.
    /// </summary>
    public X509Certificate2 Write(
        string name, string[] hosts, int daysBefore = 1, int daysAfter = 90, int? rsaBits = null, string? password = null)
    {
        var (certificate, key) = New(hosts, daysBefore, daysAfter, rsaBits);
        WriteText(name + ".crt", certificate.ExportCertificatePem() + "\n");
        WriteText(name + ".key", KeyText(key, password));
        key.Dispose();
        return certificate;
    }

    /// <summary>Writes a file that nobody else can read.</summary>
    public string WriteText(string name, string text)
    {
        var path = At(name);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    private static string KeyText(AsymmetricAlgorithm key, string? password) => password is null
        ? key.ExportPkcs8PrivateKeyPem() + "\n"
        : key.ExportEncryptedPkcs8PrivateKeyPem(
            password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)) + "\n";

    private static (X509Certificate2 Certificate, AsymmetricAlgorithm Key) New(
        string[] hosts, int daysBefore, int daysAfter, int? rsaBits)
    {
        AsymmetricAlgorithm key = rsaBits is { } bits ? RSA.Create(bits) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedName($"CN={hosts[0]}");
        var request = key is ECDsa elliptic
            ? new CertificateRequest(subject, elliptic, HashAlgorithmName.SHA256)
            : new CertificateRequest(subject, (RSA)key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        Array.ForEach(hosts, names.AddDnsName);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return (request.CreateSelfSigned(now.AddDays(-daysBefore), now.AddDays(daysAfter)), key);
    }
}
