using System.Net;
using WunderProxy.Deployments.Machines;

namespace WunderProxy.Deployments.Tests.Machines;

/// <summary>Addresses of containers as text, and host names that have one.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ContainerAddressTests
{
    [TestCase("172.17.0.2", "172.17.0.2:80")]
    [TestCase("fd00::2", "[fd00::2]:80")]
    public void Address_is_shown_with_its_port(string address, string text) => Assert.That(
        new ContainerAddress(new IPEndPoint(IPAddress.Parse(address), 80), 32768).ToString(), Is.EqualTo(text));

    [TestCase("10.0.0.7")]
    [TestCase("::1")]
    public async Task Literal_is_taken_as_it_is(string host) => Assert.That(
        await ContainerAddress.ResolveAsync(host, 99, CancellationToken.None), Is.EqualTo(new IPEndPoint(IPAddress.Parse(host), 99)));

    [Test]
    public async Task Name_of_this_machine_is_a_loopback_address()
    {
        var found = (IPEndPoint?)await ContainerAddress.ResolveAsync("localhost", 99, CancellationToken.None);

        Assert.That((IPAddress.IsLoopback(found!.Address), found.Port), Is.EqualTo((true, 99)));
    }

    [Test]
    public async Task Name_that_nobody_has_is_no_address() =>
        Assert.That(await ContainerAddress.ResolveAsync("no.such.host.invalid", 99, CancellationToken.None), Is.Null);
}
