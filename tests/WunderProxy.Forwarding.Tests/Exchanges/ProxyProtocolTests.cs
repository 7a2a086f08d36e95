using System.Net;
using System.Text;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Tests.Transport.ProxyProtocol;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>Connections from load balancers that tell their clients by the PROXY protocol.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class ProxyProtocolTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n";
    private const string Stranger = "PROXY TCP4 192.0.2.7 198.51.100.1 1000 80\r\n";
    private const string Trusted = "PROXY TCP4 192.168.0.7 198.51.100.1 1000 80\r\n";

    private static readonly IPEndPoint Balancer = IPEndPoint.Parse("10.0.0.1:5000");
    private static readonly IPEndPoint Other = IPEndPoint.Parse("10.0.0.2:5000");

    [Test]
    public void Address_of_the_header_is_the_clients_and_is_judged_for_trust()
    {
        Assert.That(Forwarded(Stranger), Is.EqualTo("192.0.2.7"));
        Assert.That(Forwarded(Trusted), Is.EqualTo("203.0.113.9, 192.168.0.7"));
        Assert.That(Forwarded(Text(ProxyHeaders.Proxy("[2001:db8::1]:7"))), Is.EqualTo("2001:db8::1"));
        Assert.That(Forwarded(Text(ProxyHeaders.Proxy("[::ffff:192.0.2.8]:7"))), Is.EqualTo("192.0.2.8"));
    }

    [TestCase("PROXY UNKNOWN\r\n")]
    [TestCase("\r\n\r\n\0\r\nQUIT\n\x20\0\0\0")]
    [TestCase("\r\n\r\n\0\r\nQUIT\n\x21\0\0\0")]
    public void Header_without_a_client_leaves_the_connections_own_address(string header) =>
        Assert.That(Forwarded(header), Is.EqualTo("203.0.113.9, 10.0.0.1"));

    [Test]
    public void Header_and_request_may_come_byte_by_byte()
    {
        var proxy = NewProxy();
        var client = proxy.Connect(Balancer);
        foreach (var octet in Stranger + Get)
        {
            proxy.Send(client, octet.ToString());
        }

        Assert.That(proxy.Received(proxy.Upstreams.Single()), Does.Contain("X-Forwarded-For: 192.0.2.7\r\n"));
    }

    [Test]
    public void One_header_counts_for_all_requests_of_the_connection()
    {
        var proxy = NewProxy();
        var client = proxy.Connect(Balancer);
        proxy.Send(client, Stranger + Get);
        proxy.Send(proxy.Upstreams[0], "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        proxy.Send(client, Get);

        Assert.That(proxy.Received(proxy.Upstreams.Single()).Split("X-Forwarded-For: 192.0.2.7\r\n"), Has.Length.EqualTo(3));
    }

    [TestCase(Get, Description = "no header")]
    [TestCase("PROXY TCP4 192.0.2.7 198.51.100.1 1000\r\n" + Get)]
    [TestCase("PROXY TCP4 192.0.2.7 198.51.100.1 1000 80\n" + Get)]
    [TestCase("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0B" + Get)]
    [TestCase(Stranger + Stranger + Get, Description = "two headers")]
    [TestCase(Stranger + "\r\n\r\n\0\r\nQUIT\n\x20\0\0\0" + Get)]
    [TestCase("\x16\x03\x01\x02\0\x01")]
    public void What_is_no_header_from_a_balancer_is_answered_400(string bytes)
    {
        var proxy = NewProxy();
        var client = proxy.Connect(Balancer);

        proxy.Send(client, bytes);

        Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 400 Bad Request\r\n").And.Contain("Connection: close\r\n"));
        Assert.That(proxy.Upstreams, Is.Empty);
    }

    [TestCase(Stranger)]
    [TestCase("PROXY UNKNOWN\r\n")]
    [TestCase("\r\n\r\n\0\r\nQUIT\n\x20\0\0\0")]
    public void Header_from_others_is_answered_400(string header)
    {
        foreach (var from in new[] { Other, null })
        {
            var proxy = NewProxy();
            var client = from is null ? proxy.Connect(new System.Net.Sockets.UnixDomainSocketEndPoint("/x")) : proxy.Connect(from);

            proxy.Send(client, header + Get);

            Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 400 Bad Request\r\n"));
            Assert.That(proxy.Upstreams, Is.Empty);
        }
    }

    [Test]
    public void Others_need_no_header()
    {
        var proxy = NewProxy();

        proxy.Send(proxy.Connect(Other), Get);

        Assert.That(proxy.Received(proxy.Upstreams.Single()), Does.Contain("X-Forwarded-For: 203.0.113.9, 10.0.0.2\r\n"));
    }

    [Test]
    public void Header_that_is_cut_anywhere_ends_without_an_answer()
    {
        for (var length = 0; length < Stranger.Length; length++)
        {
            var proxy = NewProxy();
            var client = proxy.Connect(Balancer);
            proxy.Send(client, Stranger[..length]);
            proxy.Loop.Run(client.ShutdownSend);

            Assert.That(proxy.Received(client), Is.Empty);
            Assert.That((client.CloseReason, Connections(proxy)), Is.EqualTo((CloseReason.RemoteFinished, 0)), $"cut at {length}");
        }
    }

    [Test]
    public void Header_has_the_time_of_a_head()
    {
        var proxy = NewProxy();
        var silent = proxy.Connect(Balancer);
        var slow = proxy.Connect(Balancer);
        proxy.Send(slow, "PROXY TCP4 ");

        proxy.Pass(TimeSpan.FromSeconds(14));
        Assert.That((silent.CloseReason, slow.CloseReason), Is.EqualTo((CloseReason.None, CloseReason.None)));
        proxy.Pass(TimeSpan.FromSeconds(2));

        Assert.That(proxy.Received(slow), Does.StartWith("HTTP/1.1 408 Request Timeout\r\n"));
        Assert.That((proxy.Received(silent), silent.CloseReason), Is.EqualTo(("", CloseReason.RemoteFinished)));
    }

    [Test]
    public void Without_a_time_for_heads_a_header_has_that_of_an_idle_connection()
    {
        var proxy = NewProxy(new ForwarderLimits { HeaderTimeout = TimeSpan.Zero });
        var silent = proxy.Connect(Balancer);
        var slow = proxy.Connect(Balancer);
        proxy.Send(slow, "PROXY TCP4 ");

        proxy.Pass(TimeSpan.FromSeconds(74));
        Assert.That((silent.CloseReason, slow.CloseReason), Is.EqualTo((CloseReason.None, CloseReason.None)));
        proxy.Pass(TimeSpan.FromSeconds(2));

        Assert.That(proxy.Received(slow), Does.StartWith("HTTP/1.1 408 Request Timeout\r\n"));
        Assert.That((proxy.Received(silent), silent.CloseReason), Is.EqualTo(("", CloseReason.RemoteFinished)));
    }

    [Test]
    public void Connection_waits_for_its_request_as_long_as_any_other()
    {
        var proxy = NewProxy();
        var client = proxy.Connect(Balancer);
        proxy.Send(client, Stranger);

        proxy.Pass(TimeSpan.FromSeconds(70));
        proxy.Send(client, Get);

        Assert.That(proxy.Upstreams, Has.Count.EqualTo(1));
    }

    [Test]
    public void Refused_header_is_counted_and_the_balancer_is_named()
    {
        var proxy = NewProxy();

        proxy.Send(proxy.Connect(Balancer), Get);

        Assert.That(TrafficStats.Sum([proxy.Context.Unrouted]).Status.Codes[400], Is.EqualTo(1));
    }

    [Test]
    public void Without_the_option_a_header_is_a_bad_request()
    {
        var proxy = new MemoryProxy();
        var client = proxy.Connect(Balancer);

        proxy.Send(client, Stranger + Get);

        Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 400 Bad Request\r\n"));
    }

    [TestCase(TransportKind.Epoll)]
    [TestCase(TransportKind.Sockets)]
    public async Task Header_is_read_on_real_sockets(TransportKind transport)
    {
        await using var proxy = ProxyUnderTest.Start(
            transport, options => options with { ProxyProtocolNetworks = [IPNetwork.Parse("127.0.0.0/8")] });

        var (_, _, first) = await proxy.BeginAsync(Stranger + Get);
        var (_, _, second) = await proxy.BeginAsync(Text(ProxyHeaders.Proxy("[2001:db8::1]:7")) + Get);

        Assert.That(first, Does.Contain("X-Forwarded-For: 192.0.2.7\r\n"));
        Assert.That(second, Does.Contain("X-Forwarded-For: 2001:db8::1\r\n"));
    }

    private static MemoryProxy NewProxy(ForwarderLimits? limits = null) => new(options => options with
    {
        ProxyProtocolNetworks = [IPNetwork.Parse("10.0.0.1/32")],
        Limits = limits ?? options.Limits,
    });

    private static string Forwarded(string header)
    {
        var proxy = NewProxy();
        proxy.Send(proxy.Connect(Balancer), header + Get);
        return proxy.Received(proxy.Upstreams.Single()).Split("X-Forwarded-For: ")[1].Split("\r\n")[0];
    }

    private static int Connections(MemoryProxy proxy)
    {
        var counts = proxy.Context.Connections.Counts;
        return counts.New + counts.Active + counts.Idle;
    }

    private static string Text(byte[] bytes) => Encoding.Latin1.GetString(bytes);
}
