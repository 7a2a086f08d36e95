using System.Security.Cryptography;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Forwarding.Tests.Transport.Tls;

[Parallelizable]
internal sealed class CertificateSetTests
{
    private static readonly ServerCertificate First = New("a.test", "*.a.test");
    private static readonly ServerCertificate Second = New("*.b.test", "deep.x.b.test", "a.test");

    private static readonly CertificateSet Set = new([First, Second]);

    [TestCase("a.test", 0)]
    [TestCase("A.Test", 0)]
    [TestCase("www.a.test", 0)]
    [TestCase("WWW.b.test", 1)]
    [TestCase("deep.x.b.test", 1)]
    [TestCase("www.a.test.", 0)]
    [TestCase("a.test..", -1)]
    [TestCase(".", -1)]
    [TestCase("two.labels.a.test", -1)]
    [TestCase("b.test", -1)]
    [TestCase("", -1)]
    [TestCase(".a.test", -1)]
    [TestCase("other.test", -1)]
    public void Name_finds_its_certificate_exactly_or_by_one_label(string name, int expected)
    {
        var found = Set.Find(name);

        Assert.That(found, Is.SameAs(expected < 0 ? null : Set.Certificates[expected]));
    }

    [Test]
    public void First_certificate_is_the_default() => Assert.That(Set.Default, Is.SameAs(First));

    [Test]
    public void Certificate_that_is_given_twice_counts_once() =>
        Assert.That(new CertificateSet([First, Second, First]).Certificates, Is.EqualTo(new[] { First, Second }));

    [Test]
    public void Empty_set_has_no_certificate()
    {
        Assert.That(CertificateSet.Empty.Default, Is.Null);
        Assert.That(CertificateSet.Empty.Find("a.test"), Is.Null);
    }

    private static ServerCertificate New(params string[] names) =>
        TestCertificates.New(ECDsa.Create(ECCurve.NamedCurves.nistP256), names);
}
