using System.Net.Sockets;
using WunderProxy.Forwarding.Exchanges;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Tests.Exchanges;

[Parallelizable]
internal sealed class ConnectionLimitTests
{
    private const string Request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    [Test]
    public void Client_beyond_all_limits_is_not_accepted()
    {
        var limit = new ConnectionLimit(maxServed: 1, maxRefused: 1);

        var entered = Enumerable.Range(0, 3).Select(_ => limit.TryEnter()).ToArray();

        Assert.That((entered, limit.Open), Is.EqualTo((new[] { true, true, false }, 2)));
    }

    [Test]
    public void Refused_clients_take_no_place_of_served_ones()
    {
        var limit = new ConnectionLimit(maxServed: 1, maxRefused: 2);
        limit.TryServe();
        var second = limit.TryServe();
        limit.EndServing();

        Assert.That((second, limit.TryServe()), Is.EqualTo((false, true)));
    }

    [Test]
    public void No_limit_lets_everybody_in()
    {
        var limit = new ConnectionLimit(maxServed: 0);

        Assert.That((limit.TryEnter(), limit.TryServe(), limit.Upstream.IsFull), Is.EqualTo((true, true, false)));
    }

    [Test]
    public void Crowd_of_refused_clients_is_answered_and_closed_without_a_linger()
    {
        var proxy = new MemoryProxy(options => options with { MaxConnections = 1, MaxRefusedConnections = 2 });
        proxy.Connect();
        var first = proxy.Connect();
        var second = proxy.Connect();

        Assert.Multiple(() =>
        {
            Assert.That(proxy.Received(first), Does.StartWith("HTTP/1.1 503 "));
            Assert.That(proxy.Received(second), Does.StartWith("HTTP/1.1 503 "));
            Assert.That(proxy.Context.Limit.Open, Is.EqualTo(2), "the served one and the first, which may linger");
        });
    }

    [Test]
    public void Idle_connections_to_another_upstream_are_closed_when_a_client_needs_their_descriptors()
    {
        var proxy = new MemoryProxy(options => options with { MaxConnections = 2 });
        var clients = new[] { proxy.Begin(Request), proxy.Begin(Request) };
        Array.ForEach(clients, pair => proxy.Send(pair.Upstream, Answer));
        var idle = proxy.Context.Limit.Upstream.Open;

        // What is idle cannot carry another exchange any more, but its end has not been noticed.
        proxy.Slot.Current!.CloseIdle();
        proxy.Loop.RunUntilIdle();

        Assert.That((idle, proxy.Context.Limit.Upstream.Open), Is.EqualTo((2, 0)));
    }

    [Test]
    public void Room_is_being_made_until_the_one_that_makes_place_has_ended()
    {
        var limit = new ConnectionLimit(1, 1);
        limit.TryServe();
        var full = limit.IsMakingRoom;

        limit.TakePlace();
        var beside = limit.IsMakingRoom;
        limit.EndServing();

        Assert.That((full, beside, limit.IsMakingRoom), Is.EqualTo((false, true, false)));
    }

    [Test]
    public void Connect_without_a_free_descriptor_does_not_mark_the_upstream_as_down()
    {
        var proxy = new MemoryProxy();
        proxy.Loop.Connector = _ => new ConnectResult(null, SocketError.TooManyOpenSockets);
        var client = proxy.Connect();
        proxy.Send(client, Request);

        Assert.Multiple(() =>
        {
            Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 503 ").And.Contains("Retry-After: "));
            Assert.That(proxy.Slot.Current!.LastConnectRefused, Is.False);
        });
    }

    [Test]
    public void Closed_upstream_connections_are_counted_out_once()
    {
        var proxy = new MemoryProxy();
        var (client, upstream) = proxy.Begin(Request);
        var open = proxy.Context.Limit.Upstream.Open;

        proxy.Loop.Run(client.Abort);
        proxy.Loop.Run(upstream.Abort);

        Assert.That((open, proxy.Context.Limit.Upstream.Open), Is.EqualTo((1, 0)));
    }
}
