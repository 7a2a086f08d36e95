using Microsoft.Extensions.Logging.Abstractions;
using WunderProxy.Certificates;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tls;
using WunderProxy.TestSupport.Acme;

namespace WunderProxy.Tests.Certificates;

internal sealed class OrderedCertificatesTests
{
    [Test]
    public void Certificate_of_the_host_given_first_is_the_default_whichever_comes_first([Values] bool inOrder)
    {
        using var authority = new TestAuthority();
        var owner = new TlsCertificates(CertificateUse.Proxy, null, new TlsPolicy(), TransportKind.Auto, TimeProvider.System);
        string[] hosts = ["b.test", "a.test", "c.test"];
        var ordered = new OrderedCertificates(owner, hosts, NullLogger<OrderedCertificates>.Instance);

        foreach (var host in inOrder ? hosts : hosts.Reverse())
        {
            var (chain, key) = authority.Make(TimeProvider.System.GetUtcNow().AddHours(-1), TimeSpan.FromDays(90), host);
            ordered.Use(host, chain, key);
        }

        Assert.That(owner.Source.Certificates.Certificates.Select(certificate => certificate.Names[0]), Is.EqualTo(hosts));
    }
}
