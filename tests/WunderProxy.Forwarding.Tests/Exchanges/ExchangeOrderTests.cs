using System.Net;
using System.Net.Sockets;
using System.Text;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Memory;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>Ends, stalls and switches at moments that real sockets hit by chance only.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ExchangeOrderTests
{
    // Less than any head: every write has to wait for its reader.
    private const int Narrow = 16;

    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string GetAndClose = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    private const string NoContent = "HTTP/1.1 204 No Content\r\n\r\n";
    private const string Upgrade = "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
    private const string Switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
    private const string Close1012 = "\x88\x02\x03\xf4";

    [Test]
    public void Client_that_ends_with_its_request_is_gone()
    {
        var proxy = new MemoryProxy();
        var client = proxy.Connect();

        SendAndEnd(proxy, client, Get);

        Assert.That(proxy.Upstreams, Is.Empty);
        Assert.That(client.CloseReason, Is.EqualTo(CloseReason.RemoteReset));
    }

    [Test]
    public void Client_that_ends_within_its_head_is_closed_and_counts_as_no_request([Values] bool byReset)
    {
        var proxy = new MemoryProxy();
        var client = proxy.Connect();

        proxy.Send(client, "GET / HT");
        proxy.Loop.Run(byReset ? client.Abort : client.ShutdownSend);

        Assert.That(proxy.Context.Limit.Open, Is.Zero);
        Assert.That((proxy.Context.Unrouted.Requests, proxy.Served.Snapshot().Traffic.Requests), Is.EqualTo((0, 0)));
    }

    [Test]
    public void Client_that_ends_within_its_body_resets_the_upstream([Values] bool byReset)
    {
        var proxy = new MemoryProxy();
        var (client, upstream) = proxy.Begin("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab");

        proxy.Loop.Run(byReset ? client.Abort : client.ShutdownSend);

        Assert.That(upstream.CloseReason, Is.EqualTo(CloseReason.RemoteReset));
        Assert.That(proxy.Slot.Current!.InFlight, Is.Zero);
    }

    [Test]
    public void Client_that_ends_behind_its_body_is_gone()
    {
        var proxy = new MemoryProxy();
        var client = proxy.Connect();

        SendAndEnd(proxy, client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab");

        Assert.That(proxy.Upstreams.Single().CloseReason, Is.EqualTo(CloseReason.RemoteReset));
    }

    [Test]
    public void Upstream_that_resets_while_it_is_sent_a_body_is_502()
    {
        var proxy = new MemoryProxy(capacityBytes: 4096);
        var (client, upstream) = proxy.Begin($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n{new string('x', 20000)}");

        proxy.Loop.Run(upstream.Abort);

        Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 502 ").And.Contain("connection_terminated"));
    }

    [Test]
    public void Post_without_a_body_waits_for_an_upstream_that_takes_its_head_slowly()
    {
        var proxy = new MemoryProxy(capacityBytes: Narrow);
        var client = proxy.Connect();
        proxy.Send(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        var upstream = proxy.Upstreams.Single();

        Assert.That(proxy.Received(upstream), Does.StartWith("POST / ").And.EndWith("\r\n\r\n"));
        proxy.Send(upstream, NoContent);
        Assert.That(proxy.Received(client), Is.EqualTo(NoContent));
    }

    [TestCase("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")]
    [TestCase("HTTP/1.1 103 Early Hints\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nwhole one")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\n\r\nuntil close")]
    public void Client_that_resets_before_it_took_the_response_frees_the_upstream(string response)
    {
        var proxy = new MemoryProxy(capacityBytes: Narrow);
        var (client, upstream) = BeginNarrow(proxy, GetAndClose);

        proxy.Send(upstream, response);
        proxy.Loop.Run(client.Abort);

        Assert.That(upstream.CloseReason, Is.Not.EqualTo(CloseReason.None));
        Assert.That((proxy.Slot.Current!.InFlight, proxy.Context.Limit.Open), Is.EqualTo((0, 0)));
    }

    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nwhole one")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\n\r\nuntil close")]
    public void Drain_ends_an_exchange_whose_client_takes_nothing(string response)
    {
        var proxy = new MemoryProxy(capacityBytes: Narrow);
        var (client, upstream) = BeginNarrow(proxy, GetAndClose);
        proxy.Send(upstream, response);

        proxy.EndLeases(proxy.Slot.Current!);

        Assert.That(client.CloseReason, Is.EqualTo(CloseReason.RemoteReset));
        Assert.That((proxy.Slot.Current!.InFlight, proxy.Context.Limit.Open), Is.EqualTo((0, 0)));
    }

    [Test]
    public void Last_chunk_of_a_response_until_close_waits_for_its_client([Values] bool isReset)
    {
        var proxy = new MemoryProxy(capacityBytes: Narrow);
        var (client, upstream) = BeginNarrow(proxy, Get);
        proxy.Send(upstream, "HTTP/1.1 200 OK\r\n\r\n");
        proxy.Received(client);

        // The chunk fills the way to the client, so that the last one has to wait.
        proxy.Send(upstream, "0123456789a");
        proxy.Loop.Run(upstream.ShutdownSend);
        if (isReset)
        {
            proxy.Loop.Run(client.Abort);
        }

        Assert.That(isReset || proxy.Received(client).EndsWith("b\r\n0123456789a\r\n0\r\n\r\n", StringComparison.Ordinal), Is.True);
        Assert.That(proxy.Slot.Current!.InFlight, Is.Zero);
    }

    [Test]
    public void Upstream_that_refuses_because_it_was_just_replaced_is_left_for_the_new_one()
    {
        var proxy = new MemoryProxy();
        var connect = proxy.Loop.Connector;
        proxy.Loop.Connector = _ =>
        {
            proxy.Loop.Connector = connect;
            proxy.Slot.Switch(new Upstream(new IPEndPoint(IPAddress.Loopback, 2), "next", proxy.Clock));
            return new ConnectResult(null, SocketError.ConnectionRefused);
        };

        var (client, upstream) = proxy.Begin(Get);
        proxy.Send(upstream, NoContent);

        Assert.That(proxy.Received(client), Is.EqualTo(NoContent));
        Assert.That(proxy.Slot.Current!.Snapshot().Traffic.Requests, Is.EqualTo(1));
    }

    [Test]
    public void Upstream_that_refuses_while_the_slot_is_emptied_is_503()
    {
        var proxy = new MemoryProxy();
        proxy.Loop.Connector = _ =>
        {
            proxy.Slot.Switch(null);
            return new ConnectResult(null, SocketError.ConnectionRefused);
        };

        var client = proxy.Connect();
        proxy.Send(client, Get);

        Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 503 "));
    }

    [Test]
    public void Upstream_that_does_not_accept_in_time_is_504()
    {
        var proxy = new MemoryProxy();
        proxy.Loop.Connector = _ => new ConnectResult(null, SocketError.TimedOut);

        var client = proxy.Connect();
        proxy.Send(client, Get);

        Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 504 ").And.Contain("error=connection_timeout"));
    }

    [TestCase(SocketError.Success)]
    [TestCase(SocketError.ConnectionRefused)]
    public void Drain_deadline_while_connecting_is_504_and_keeps_the_connection_for_others(SocketError outcome)
    {
        var proxy = new MemoryProxy();
        var connect = proxy.Loop.Connector;
        proxy.Loop.Connector = endPoint =>
        {
            proxy.Slot.Current!.PartOf(proxy.Loop).EndLeases(all: true);
            return outcome == SocketError.Success ? connect(endPoint) : new ConnectResult(null, outcome);
        };

        var client = proxy.Connect();
        proxy.Send(client, Get);
        proxy.Loop.Connector = connect;

        Assert.That(proxy.Received(client), Does.StartWith(outcome == SocketError.Success ? "HTTP/1.1 504 " : "HTTP/1.1 502 "));
        proxy.Begin(Get);
        Assert.That(proxy.Upstreams, Has.Count.EqualTo(1));
        Assert.That(proxy.Received(proxy.Upstreams[0]), Does.StartWith("GET / "));
    }

    [Test]
    public void Stale_connection_is_not_tried_again_behind_the_drain_deadline()
    {
        var proxy = new MemoryProxy();
        var (client, upstream) = proxy.Begin(Get);
        proxy.Send(upstream, NoContent);
        proxy.Send(client, Get);

        proxy.Loop.Run(() =>
        {
            upstream.Close();
            proxy.Slot.Current!.PartOf(proxy.Loop).EndLeases(all: true);
        });

        Assert.That(proxy.Received(client), Does.StartWith($"{NoContent}HTTP/1.1 504 "));
        Assert.That(proxy.Upstreams, Has.Count.EqualTo(1));
    }

    [Test]
    public void WebSocket_gets_nothing_behind_its_close()
    {
        var proxy = new MemoryProxy();
        var (client, upstream) = proxy.Begin(Upgrade);
        proxy.Send(upstream, Switching + "\x81\x04wx");

        proxy.EndLeases(proxy.Slot.Current!);
        proxy.EndLeases(proxy.Slot.Current!);
        proxy.Send(upstream, "yz\x81\x01!");
        proxy.Send(upstream, "\x81\x01?");
        proxy.Send(client, "\x88\x82\0\0\0\0\x03\xf4");

        Assert.That(proxy.Received(client), Does.EndWith($"\r\n\r\n\x81\x04wxyz{Close1012}"));
        Assert.That(proxy.Received(upstream), Does.EndWith("\x88\x82\0\0\0\0\x03\xf4"));
    }

    [Test]
    public void WebSocket_whose_message_does_not_end_is_cut_off()
    {
        var proxy = new MemoryProxy();
        var (client, upstream) = proxy.Begin(Upgrade);
        proxy.Send(upstream, Switching + "\x81\x04wx");

        proxy.EndLeases(proxy.Slot.Current!);
        proxy.Pass(TimeSpan.FromSeconds(6));

        Assert.That(proxy.Received(client), Does.EndWith("wx"));
        Assert.That(client.CloseReason, Is.EqualTo(CloseReason.RemoteFinished));
        Assert.That(proxy.Slot.Current!.InFlight, Is.Zero);
    }

    [Test]
    public void Client_beyond_the_limit_that_has_gone_already_costs_nothing()
    {
        var proxy = new MemoryProxy(options => options with { MaxConnections = 1 });
        proxy.Connect();
        var (near, far) = MemoryConnection.CreatePair(proxy.Loop);

        proxy.Loop.Run(() =>
        {
            near.Abort();
            proxy.Accept(far);
        });

        Assert.That((proxy.Context.Refused, proxy.Context.Limit.Open), Is.EqualTo((1, 1)));
    }

    /// <summary>Has a client send and end within one turn of the loop.</summary>
    private static void SendAndEnd(MemoryProxy proxy, MemoryConnection client, string text) => proxy.Loop.Run(() =>
    {
        _ = client.Output.WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask();
        client.ShutdownSend();
    });

    private static (MemoryConnection Client, MemoryConnection Upstream) BeginNarrow(MemoryProxy proxy, string request)
    {
        var (client, upstream) = proxy.Begin(request);
        Assert.That(proxy.Received(upstream), Does.EndWith("\r\n\r\n"));
        return (client, upstream);
    }
}
