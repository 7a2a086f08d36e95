using System.Net;
using System.Net.Sockets;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Tests.Exchanges;

[Parallelizable]
internal sealed class NamedUpstreamTests
{
    private const string Request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    private static readonly IPAddress First = IPAddress.Parse("10.0.0.1");
    private static readonly IPAddress Second = IPAddress.Parse("10.0.0.2");

    [Test]
    public void Every_address_of_a_name_is_tried_and_the_one_that_accepts_is_kept()
    {
        var proxy = Start(out var tried, accepts: Second, () => [First, Second]);

        var (client, upstream) = proxy.Begin(Request);
        proxy.Begin(Request);
        proxy.Send(upstream, Answer);

        Assert.Multiple(() =>
        {
            Assert.That(tried, Is.EqualTo(new[] { First, Second, Second }));
            Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 200 "));
            Assert.That(proxy.Slot.Current!.LastConnectRefused, Is.False);
        });
    }

    [Test]
    public void Name_that_moved_is_resolved_again_after_a_failed_connect_and_no_request_is_lost()
    {
        var address = First;
        var accepts = First;
        var proxy = Start(out var tried, () => accepts, () => [address]);
        proxy.Begin(Request);
        (address, accepts) = (Second, Second);
        proxy.Clock.Advance(TimeSpan.FromSeconds(1.5));

        proxy.Begin(Request);

        Assert.Multiple(() =>
        {
            Assert.That(tried, Is.EqualTo(new[] { First, First, Second }));
            Assert.That(proxy.Upstreams, Has.Count.EqualTo(2));
        });
    }

    [Test]
    public void Idle_connection_to_an_address_from_before_is_not_used_again()
    {
        var address = First;
        var proxy = Start(out var tried, () => address, () => [address]);
        var (client, upstream) = proxy.Begin(Request);
        proxy.Send(upstream, Answer);
        proxy.Received(client);
        address = Second;

        // The first use after five seconds asks the resolver, and what follows it sees the answer.
        for (var second = 0; second < 6; second += 2)
        {
            proxy.Pass(TimeSpan.FromSeconds(2));
            proxy.Send(client, Request);
            proxy.Send(proxy.Upstreams[^1], Answer);
        }

        Assert.That(tried[^1], Is.EqualTo(Second));
    }

    [Test]
    public void Name_that_nobody_knows_is_answered_502()
    {
        var proxy = Start(out _, First, () => throw new SocketException((int)SocketError.HostNotFound));
        var client = proxy.Connect();

        proxy.Send(client, Request);

        Assert.Multiple(() =>
        {
            Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 502 "));
            Assert.That(proxy.Slot.Current!.LastConnectRefused, Is.True);
        });
    }

    [Test]
    public void Resolver_that_takes_its_time_does_not_keep_the_loop()
    {
        var answer = new TaskCompletionSource<IPAddress[]>();
        var proxy = new MemoryProxy();
        proxy.Slot.Switch(new Upstream(new DnsEndPoint("app", 80), "name", proxy.Clock, (_, _) => answer.Task));
        var client = proxy.Connect();
        proxy.Send(client, Request);
        var before = proxy.Upstreams.Count;

        answer.SetResult([First]);
        Assert.That(() => RunAndCount(proxy), Is.EqualTo(1).After(5000, 10));
        Assert.That(before, Is.Zero);
    }

    [Test]
    public void Request_without_a_host_gets_the_name()
    {
        var proxy = Start(out _, First, () => [First]);

        var (_, upstream) = proxy.Begin("GET / HTTP/1.0\r\n\r\n");

        Assert.That(proxy.Received(upstream), Does.Contain("\r\nHost: app:80\r\n"));
    }

    private static int RunAndCount(MemoryProxy proxy)
    {
        proxy.Loop.RunUntilIdle();
        return proxy.Upstreams.Count;
    }

    private static MemoryProxy Start(out List<IPAddress> tried, IPAddress accepts, Func<IPAddress[]> resolve) =>
        Start(out tried, () => accepts, resolve);

    /// <summary>A proxy whose upstream is the name app, in a network where one address accepts.</summary>
    private static MemoryProxy Start(out List<IPAddress> tried, Func<IPAddress> accepts, Func<IPAddress[]> resolve)
    {
        var proxy = new MemoryProxy();
        var connect = proxy.Loop.Connector;
        var addresses = tried = [];
        proxy.Loop.Connector = endPoint =>
        {
            var address = ((IPEndPoint)endPoint).Address;
            addresses.Add(address);
            return address.Equals(accepts()) ? connect(endPoint) : new ConnectResult(null, SocketError.ConnectionRefused);
        };
        proxy.Slot.Switch(new Upstream(new DnsEndPoint("app", 80), "name", proxy.Clock, (_, _) => AsTask(resolve)));
        return proxy;
    }

    private static Task<IPAddress[]> AsTask(Func<IPAddress[]> resolve)
    {
        try
        {
            return Task.FromResult(resolve());
        }
        catch (SocketException exception)
        {
            return Task.FromException<IPAddress[]>(exception);
        }
    }
}
