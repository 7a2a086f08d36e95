using System.Net;
using System.Net.Sockets;
using WunderProxy.Forwarding.Listeners;

namespace WunderProxy.Forwarding.Tests.Listeners;

internal sealed class ListenGroupsTests
{
    private readonly List<Socket> _owned = [];

    [TearDown]
    public void Close()
    {
        _owned.ForEach(socket => socket.Dispose());
        _owned.Clear();
    }

    [Test]
    public void Any_address_is_both_families_on_one_port()
    {
        var bound = Bind(EndPointGroup.AnyAddress(0));

        Assert.Multiple(() =>
        {
            Assert.That(bound.Select(at => at.Address), Is.EqualTo(new[] { IPAddress.Any, IPAddress.IPv6Any }));
            Assert.That(bound[0].Port, Is.Not.Zero.And.EqualTo(bound[1].Port));
            Assert.That(() => ConnectTo(IPAddress.Loopback, bound[0].Port), Throws.Nothing);
            Assert.That(() => ConnectTo(IPAddress.IPv6Loopback, bound[0].Port), Throws.Nothing);
        });
    }

    [Test]
    public void Both_families_can_be_asked_for_one_by_one()
    {
        var four = Bind(new IPEndPoint(IPAddress.Any, 0));

        var six = Bind(new IPEndPoint(IPAddress.IPv6Any, four[0].Port));

        Assert.That(six[0].Port, Is.EqualTo(four[0].Port));
    }

    [Test]
    public void Address_that_the_machine_does_not_have_is_left_out_of_a_group()
    {
        var bound = Bind(new EndPointGroup(
            "name:0", [new IPEndPoint(IPAddress.Parse("203.0.113.1"), 0), new IPEndPoint(IPAddress.Loopback, 0)]));

        Assert.That(bound.Single().Address, Is.EqualTo(IPAddress.Loopback));
    }

    [Test]
    public void Group_without_an_address_of_the_machine_says_so() =>
        Assert.That(
            () => Bind(new EndPointGroup("name:0", [new IPEndPoint(IPAddress.Parse("203.0.113.1"), 0)])),
            Throws.TypeOf<ListenException>().With.Message.Contains("203.0.113.1"));

    [TestCase("0.0.0.0")]
    [TestCase("::")]
    public void Family_in_use_is_named_and_the_other_is_not_kept(string taken)
    {
        var other = Bind(new IPEndPoint(IPAddress.Parse(taken), 0))[0];

        Assert.That(
            () => Bind(EndPointGroup.AnyAddress(other.Port)),
            Throws.TypeOf<ListenException>().With.Property(nameof(ListenException.EndPoint)).EqualTo(other)
                .And.Property(nameof(ListenException.Error)).EqualTo(SocketError.AddressAlreadyInUse));
        _owned.ForEach(socket => socket.Dispose());
        Assert.That(() => Bind(EndPointGroup.AnyAddress(other.Port)), Throws.Nothing);
    }

    private IPEndPoint[] Bind(EndPoint endPoint)
    {
        var sockets = ListenGroups.Bind(endPoint);
        _owned.AddRange(sockets);
        return [.. sockets.Select(socket => (IPEndPoint)socket.LocalEndPoint!)];
    }

    private static void ConnectTo(IPAddress address, int port)
    {
        using var client = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(address, port);
    }
}
