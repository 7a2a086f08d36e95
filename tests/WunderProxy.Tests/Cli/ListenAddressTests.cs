using System.Net;
using WunderProxy.Cli;
using WunderProxy.Configuration;
using WunderProxy.Forwarding.Listeners;

namespace WunderProxy.Tests.Cli;

[Parallelizable]
internal sealed class ListenAddressTests
{
    [TestCase("0.0.0.0:80", ":80", "0.0.0.0:80")]
    [TestCase(":80", "[::]:80", "[::]:80")]
    [TestCase("*:80", ":80", "0.0.0.0:80")]
    [TestCase("127.0.0.1:80", "127.0.0.1:80", "127.0.0.1:80")]
    [TestCase("unix:/run/a.sock", "unix:/run/a.sock", "unix:/run/a.sock")]
    public void Address_given_twice_is_named(string first, string second, string named) =>
        Assert.That(
            () => ListenAddress.ResolveAll("--proxy", [Parse(first), Parse(second)]),
            Throws.TypeOf<UsageException>().With.Message.EqualTo($"--proxy: {named} is given twice"));

    [TestCase("0.0.0.0:80", "[::]:80")]
    [TestCase(":0", ":0")]
    [TestCase("127.0.0.1:0", "127.0.0.1:0")]
    [TestCase("127.0.0.1:80", "127.0.0.1:81")]
    public void Different_addresses_stand_together(string first, string second) =>
        Assert.That(ListenAddress.ResolveAll("--proxy", [Parse(first), Parse(second)]), Has.Count.EqualTo(2));

    [Test]
    public void Name_is_all_its_addresses_with_IPv4_first()
    {
        var resolved = ListenAddress.Resolve(new DnsEndPoint("localhost", 80));

        var addresses = resolved is EndPointGroup group ? group.Addresses : [(IPEndPoint)resolved];
        Assert.Multiple(() =>
        {
            Assert.That(addresses, Is.EquivalentTo(
                Dns.GetHostAddresses("localhost").Distinct().Select(address => new IPEndPoint(address, 80))));
            Assert.That(addresses[0].Address, Is.EqualTo(IPAddress.Loopback));
        });
    }

    [Test]
    public void Unknown_name_is_named() =>
        Assert.That(
            () => ListenAddress.Resolve(new DnsEndPoint("no-such-host.invalid", 80)),
            Throws.TypeOf<UsageException>().With.Message.StartsWith("no-such-host.invalid:80: "));

    private static EndPoint Parse(string text)
    {
        Assert.That(SocketAddressText.TryParse(text, out var endPoint), Is.True);
        return endPoint;
    }
}
