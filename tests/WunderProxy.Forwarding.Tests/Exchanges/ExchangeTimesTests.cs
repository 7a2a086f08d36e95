using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>Which silence counts against whom, with a clock moved by hand.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ExchangeTimesTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n";
    private const string PostExpecting =
        "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 6\r\n\r\n";

    private const string NoContent = "HTTP/1.1 204 No Content\r\n\r\n";

    [Test]
    public void Head_that_comes_byte_by_byte_has_the_time_of_one_head()
    {
        var proxy = new MemoryProxy();
        var client = proxy.Connect();

        for (var at = 0; at < 14; at++)
        {
            proxy.Send(client, Get[at..(at + 1)]);
            proxy.Pass(TimeSpan.FromSeconds(1));
        }

        Assert.That(proxy.Received(client), Is.Empty);
        proxy.Pass(TimeSpan.FromSeconds(2));
        Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 408 "));
    }

    [Test]
    public void Client_that_answers_nothing_to_a_refusal_is_closed_in_the_end()
    {
        var proxy = new MemoryProxy();
        var client = proxy.Connect();

        proxy.Send(client, "GET / HTTP/1.1\r\nbad\r\n\r\n");
        proxy.Pass(TimeSpan.FromSeconds(4));
        var before = proxy.Context.Limit.Open;
        proxy.Pass(TimeSpan.FromSeconds(2));

        Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 400 "));
        Assert.That((before, proxy.Context.Limit.Open), Is.EqualTo((1, 0)));
    }

    [Test]
    public void Body_time_starts_anew_with_each_byte_and_the_upstream_has_none_meanwhile()
    {
        var proxy = new MemoryProxy(served: new ApplicationOptions { ResponseTimeout = TimeSpan.FromSeconds(10) });
        var (client, upstream) = proxy.Begin(Post);

        for (var sent = 0; sent < 6; sent++)
        {
            proxy.Pass(TimeSpan.FromSeconds(25));
            proxy.Send(client, "x");
        }

        proxy.Pass(TimeSpan.FromSeconds(8));
        Assert.That(proxy.Received(client), Is.Empty);
        proxy.Send(upstream, NoContent);
        Assert.That(proxy.Received(client), Is.EqualTo(NoContent));
    }

    [Test]
    public void Body_that_stops_is_408()
    {
        var proxy = new MemoryProxy();
        var (client, upstream) = proxy.Begin(Post + "x");

        proxy.Pass(TimeSpan.FromSeconds(31));

        Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 408 "));
        Assert.That(upstream.CloseReason, Is.EqualTo(CloseReason.RemoteReset));
    }

    [Test]
    public void Body_is_awaited_for_ever_when_the_limit_is_off()
    {
        var proxy = new MemoryProxy(options => options with { Limits = new ForwarderLimits { BodyTimeout = TimeSpan.Zero } });
        var (client, upstream) = proxy.Begin(Post + "x");

        proxy.Pass(TimeSpan.FromHours(1));
        proxy.Send(client, "yzxyz");

        Assert.That(proxy.Received(upstream), Does.EndWith("\r\n\r\nxyzxyz"));
    }

    [Test]
    public void Client_that_waits_for_100_is_not_hurried_but_the_upstream_is()
    {
        var proxy = new MemoryProxy();
        var (client, _) = proxy.Begin(PostExpecting);

        proxy.Pass(TimeSpan.FromSeconds(59));
        Assert.That(proxy.Received(client), Is.Empty);
        proxy.Pass(TimeSpan.FromSeconds(2));
        Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 504 "));
    }

    [Test]
    public void Client_that_got_its_100_has_the_time_of_a_body()
    {
        var proxy = new MemoryProxy();
        var (client, upstream) = proxy.Begin(PostExpecting);

        proxy.Pass(TimeSpan.FromSeconds(20));
        proxy.Send(upstream, "HTTP/1.1 100 Continue\r\n\r\n");
        proxy.Pass(TimeSpan.FromSeconds(31));

        Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 408 "));
    }

    [Test]
    public void Upstream_that_does_not_take_the_body_is_504()
    {
        var proxy = new MemoryProxy(capacityBytes: 4096);
        var (client, upstream) = proxy.Begin($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n{new string('x', 20000)}");

        proxy.Pass(TimeSpan.FromSeconds(61));

        Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 504 "));
        Assert.That(upstream.CloseReason, Is.EqualTo(CloseReason.RemoteReset));
    }

    [Test]
    public void Response_may_pause_for_hours()
    {
        var proxy = new MemoryProxy();
        var (client, upstream) = proxy.Begin(Get);

        proxy.Send(upstream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na");
        proxy.Pass(TimeSpan.FromHours(1));
        proxy.Send(upstream, "b");

        Assert.That(proxy.Received(client), Does.EndWith("\r\n\r\nab"));
    }

    [Test]
    public void Client_that_takes_nothing_is_reset_but_not_one_that_is_slow()
    {
        var proxy = new MemoryProxy(capacityBytes: 4096);
        var large = $"HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n{new string('x', 50000)}";
        var (client, upstream) = proxy.Begin(Get);
        proxy.Send(upstream, large);

        proxy.Pass(TimeSpan.FromSeconds(25));
        var received = proxy.Received(client).Length;
        proxy.Pass(TimeSpan.FromSeconds(40));

        Assert.That(received, Is.GreaterThan(50000), "all was taken in time");
        Assert.That(client.CloseReason, Is.EqualTo(CloseReason.None));

        var (second, secondUpstream) = proxy.Begin(Get);
        proxy.Send(secondUpstream, large);
        proxy.Pass(TimeSpan.FromSeconds(31));

        Assert.That(second.CloseReason, Is.EqualTo(CloseReason.RemoteReset));
    }

    [Test]
    public void Idle_client_is_closed_after_its_time()
    {
        var proxy = new MemoryProxy();
        var (client, upstream) = proxy.Begin(Get);
        proxy.Send(upstream, NoContent);

        proxy.Pass(TimeSpan.FromSeconds(74));
        Assert.That(client.CloseReason, Is.EqualTo(CloseReason.None));
        proxy.Pass(TimeSpan.FromSeconds(2));
        Assert.That(client.CloseReason, Is.EqualTo(CloseReason.RemoteFinished));
    }

    [Test]
    public void Tunnel_with_one_end_closed_ends_after_minutes_of_silence()
    {
        var proxy = new MemoryProxy();
        var (client, upstream) = proxy.Begin("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
        proxy.Send(upstream, "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
        proxy.Pass(TimeSpan.FromHours(1));
        proxy.Loop.Run(upstream.ShutdownSend);

        proxy.Pass(TimeSpan.FromSeconds(290));
        proxy.Send(client, "still here");
        proxy.Pass(TimeSpan.FromSeconds(290));
        var before = client.CloseReason;
        proxy.Pass(TimeSpan.FromSeconds(11));

        Assert.That(proxy.Received(upstream), Does.EndWith("still here"));
        Assert.That((before, client.CloseReason), Is.EqualTo((CloseReason.RemoteFinished, CloseReason.RemoteReset)));
    }
}
