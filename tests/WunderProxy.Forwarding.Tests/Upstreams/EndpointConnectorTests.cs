using System.Net;
using System.Net.Sockets;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Memory;
using WunderProxy.Forwarding.Upstreams;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Upstreams;

[Parallelizable(ParallelScope.All)]
internal sealed class EndpointConnectorTests
{
    [TestCase(SocketError.ConnectionRefused, true)]
    [TestCase(SocketError.TimedOut, true)]
    [TestCase(SocketError.TooManyOpenSockets, false)]
    [TestCase(SocketError.NoBufferSpaceAvailable, false)]
    public void Failed_connect_sets_the_endpoint_aside_unless_the_shortage_is_ours(SocketError error, bool isSetAside)
    {
        var endpoint = Connect(new Endpoint(new IPEndPoint(IPAddress.Loopback, 1), new ManualTimeProvider()), error);

        Assert.That((endpoint.LastConnectRefused, !endpoint.TryUse()), Is.EqualTo((isSetAside, isSetAside)));
    }

    [Test]
    public void Endpoint_is_not_taken_for_reached_because_a_descriptor_was_missing()
    {
        var endpoint = new Endpoint(new IPEndPoint(IPAddress.Loopback, 1), new ManualTimeProvider());
        Connect(endpoint, SocketError.ConnectionRefused);

        Connect(endpoint, SocketError.TooManyOpenSockets);

        Assert.That((endpoint.LastConnectRefused, endpoint.TryUse()), Is.EqualTo((true, false)));
    }

    private static Endpoint Connect(Endpoint endpoint, SocketError error)
    {
        var loop = new MemoryLoop(new ManualTimeProvider()) { Connector = _ => new ConnectResult(null, error) };
        var connector = new EndpointConnector(loop);
        loop.Run(() => _ = connector.ConnectAsync(endpoint, 0).AsTask());
        return endpoint;
    }
}
