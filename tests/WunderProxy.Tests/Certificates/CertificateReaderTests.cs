using System.Formats.Asn1;
using System.Security.Cryptography;
using WunderProxy.Certificates;
using WunderProxy.Configuration;

namespace WunderProxy.Tests.Certificates;

internal sealed class CertificateReaderTests
{
    private CertificateFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new CertificateFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [TestCase(false)]
    [TestCase(true)]
    public void Certificate_and_key_of_either_kind_are_read(bool isRsa)
    {
        var made = _folder.Write("a", ["a.test", "*.a.test"], rsaBits: isRsa ? 2048 : null);

        var read = CertificateReader.Read(Pair("a", "a"), passwordFile: null);

        Assert.That(read.Leaf.RawData, Is.EqualTo(made.RawData));
        Assert.That(read.Leaf.HasPrivateKey, Is.True);
        Assert.That(read.Names, Is.EqualTo(new[] { "a.test", "*.a.test" }));
    }

    [Test]
    public void Encrypted_key_is_read_with_its_password()
    {
        _folder.Write("a", ["a.test"], password: "open sesame");
        var password = _folder.WriteText("password", "open sesame\n");

        Assert.That(CertificateReader.Read(Pair("a", "a"), password).Leaf.HasPrivateKey, Is.True);
    }

    [Test]
    public void Issuers_in_the_file_become_the_chain()
    {
        _folder.Write("a", ["a.test"]);
        var issuer = _folder.Write("b", ["b.test"]);
        File.AppendAllText(_folder.At("a.crt"), File.ReadAllText(_folder.At("b.crt")));

        var read = CertificateReader.Read(Pair("a", "a"), passwordFile: null);

        Assert.That(read.Chain.Select(certificate => certificate.Thumbprint), Is.EqualTo(new[] { issuer.Thumbprint }));
    }

    [TestCase("a.key", null, "a.key'")]
    [TestCase("a.crt", null, "a.crt'")]
    [TestCase("a.key", "", "a.key has no private key in PEM form")]
    [TestCase("a.crt", "", "a.crt has no certificate in PEM form")]
    [TestCase("a.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "a.crt has a malformed certificate")]
    [TestCase("a.crt", "-----BEGIN CERTIFICATE-----\nhalf", "a.crt has a malformed certificate")]
    [TestCase("a.key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "a.key has a private key that is malformed")]
    [TestCase("a.key", "-----BEGIN PRIVATE KEY-----\nhalf", "a.key has a malformed private key")]
    [TestCase("a.key", "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END EC PRIVATE KEY-----\n", "openssl pkcs8 -topk8")]
    public void File_that_cannot_be_used_is_named_with_its_cause(string name, string? content, string expected)
    {
        _folder.Write("a", ["a.test"]);
        if (content is null)
        {
            File.Delete(_folder.At(name));
        }
        else
        {
            _folder.WriteText(name, content);
        }

        Assert.That(
            () => CertificateReader.Read(Pair("a", "a"), passwordFile: null),
            Throws.TypeOf<UsageException>().With.Message.Contains(_folder.Path).And.Message.Contains(expected));
    }

    [Test]
    public void Key_of_a_curve_that_the_machine_does_not_know_is_refused()
    {
        _folder.Write("a", ["a.test"]);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var bytes = key.ExportPkcs8PrivateKey();

        // The last number of 1.2.840.10045.3.1.7.
        byte[] curve = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];
        bytes[bytes.AsSpan().IndexOf(curve) + 7] = 0x7F;
        _folder.WriteText("a.key", PemEncoding.WriteString("PRIVATE KEY", bytes));

        Assert.That(
            () => CertificateReader.Read(Pair("a", "a"), passwordFile: null),
            Throws.TypeOf<UsageException>().With.Message.Contains("neither of an elliptic curve nor RSA"));
    }

    [Test]
    public void Key_for_pss_alone_is_called_by_its_name()
    {
        _folder.Write("a", ["a.test"], rsaBits: 2048);
        using var key = RSA.Create(2048);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.113549.1.1.10");
            }

            writer.WriteOctetString(key.ExportRSAPrivateKey());
        }

        _folder.WriteText("a.key", PemEncoding.WriteString("PRIVATE KEY", writer.Encode()));

        Assert.That(
            () => CertificateReader.Read(Pair("a", "a"), passwordFile: null),
            Throws.TypeOf<UsageException>().With.Message.Contains("has an RSA-PSS key, which is not supported"));
    }

    [Test]
    public void Key_of_another_certificate_is_refused()
    {
        _folder.Write("a", ["a.test"]);
        _folder.Write("b", ["b.test"]);
        _folder.Write("r", ["r.test"], rsaBits: 2048);

        Assert.That(
            () => CertificateReader.Read(Pair("a", "b"), passwordFile: null),
            Throws.TypeOf<UsageException>().With.Message.Contains("b.key does not fit").And.Message.Contains("a.crt: the key belongs to another"));
        Assert.That(() => CertificateReader.Read(Pair("a", "r"), passwordFile: null), Throws.TypeOf<UsageException>());
    }

    [Test]
    public void Certificate_that_is_not_the_first_of_its_file_is_told()
    {
        _folder.Write("a", ["a.test"]);
        _folder.Write("b", ["b.test"]);
        File.AppendAllText(_folder.At("a.crt"), File.ReadAllText(_folder.At("b.crt")));

        Assert.That(
            () => CertificateReader.Read(Pair("a", "b"), passwordFile: null),
            Throws.TypeOf<UsageException>().With.Message.Contains("has to be the first"));
    }

    [TestCase(null, "needs --tls-key-password-file")]
    [TestCase("wrong", "the password does not decrypt")]
    public void Encrypted_key_without_its_password_is_refused(string? password, string expected)
    {
        _folder.Write("a", ["a.test"], password: "right");
        var file = password is null ? null : _folder.WriteText("password", password);

        Assert.That(
            () => CertificateReader.Read(Pair("a", "a"), file),
            Throws.TypeOf<UsageException>().With.Message.Contains("a.key").And.Message.Contains(expected));
    }

    private CertificatePair Pair(string certificate, string key) => new(
        _folder.At(certificate + ".crt"), _folder.At(key + ".key"), "--tls-certificate", "--tls-key");
}
