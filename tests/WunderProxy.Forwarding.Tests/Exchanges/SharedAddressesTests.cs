using System.Net;
using WunderProxy.Forwarding.Connections;

namespace WunderProxy.Forwarding.Tests.Exchanges;

internal sealed class SharedAddressesTests
{
    [Test]
    public void Equal_addresses_become_one_object_and_others_keep_theirs()
    {
        var addresses = new SharedAddresses();
        var balancer = IPAddress.Parse("192.0.2.1");

        Assert.That(addresses.Share(balancer), Is.SameAs(balancer));
        Assert.That(addresses.Share(IPAddress.Parse("192.0.2.1")), Is.SameAs(balancer));
        Assert.That(addresses.Share(null), Is.Null);

        for (var last = 0; last < 256; last++)
        {
            var address = IPAddress.Parse($"2001:db8::{last:x}");
            Assert.That(addresses.Share(address), Is.EqualTo(address));
        }
    }
}
