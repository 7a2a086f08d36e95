using System.Text;
using WunderProxy.Forwarding.Exchanges;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>Date of forwarded responses (RFC 9110 section 6.6.1).</summary>
internal sealed class DateTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string NoContent = "HTTP/1.1 204 No Content\r\n\r\n";

    [Test]
    public void Response_without_a_date_gets_the_time_of_its_arrival()
    {
        var proxy = new MemoryProxy();

        var (client, upstream) = proxy.Begin(Get);
        proxy.Send(upstream, NoContent);

        Assert.That(
            proxy.ReceivedAsItIs(client),
            Is.EqualTo("HTTP/1.1 204 No Content\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\n"));
    }

    [Test]
    public void Date_follows_the_clock()
    {
        var proxy = new MemoryProxy();

        var (client, upstream) = proxy.Begin(Get);
        proxy.Pass(TimeSpan.FromSeconds(2));
        proxy.Send(upstream, NoContent);
        proxy.Send(client, Get);
        proxy.Pass(TimeSpan.FromSeconds(1));
        proxy.Send(upstream, NoContent);

        Assert.That(
            proxy.ReceivedAsItIs(client),
            Does.Contain("Date: Thu, 01 Jan 2026 00:00:02 GMT\r\n").And.Contain("Date: Thu, 01 Jan 2026 00:00:03 GMT\r\n"));
    }

    [Test]
    public void Date_follows_a_clock_that_was_set([Values(-3600, 3600)] int seconds)
    {
        var proxy = new MemoryProxy();
        var (client, upstream) = proxy.Begin(Get);
        proxy.Send(upstream, NoContent);
        proxy.ReceivedAsItIs(client);

        proxy.Clock.SetUtcNow(proxy.Clock.GetUtcNow() + TimeSpan.FromSeconds(seconds));
        proxy.Pass(TimeSpan.FromSeconds(1));
        proxy.Send(client, Get);
        proxy.Send(upstream, NoContent);

        Assert.That(
            proxy.ReceivedAsItIs(client),
            Does.Contain($"Date: {proxy.Clock.GetUtcNow():R}\r\n"));
    }

    [TestCase(0L, "Thu, 01 Jan 1970 00:00:00 GMT")]
    [TestCase(-1L, "Wed, 31 Dec 1969 23:59:59 GMT")]
    [TestCase(-1_001L, "Wed, 31 Dec 1969 23:59:58 GMT")]
    public void Date_of_a_clock_before_1970_is_whole(long unixMilliseconds, string expected) =>
        Assert.That(Encoding.ASCII.GetString(new DateText().At(unixMilliseconds)), Is.EqualTo(expected));

    [Test]
    public void Date_of_the_upstream_is_kept()
    {
        const string Dated = "HTTP/1.1 204 No Content\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n";
        var proxy = new MemoryProxy();

        var (client, upstream) = proxy.Begin(Get);
        proxy.Send(upstream, Dated);

        Assert.That(proxy.ReceivedAsItIs(client), Is.EqualTo(Dated));
    }

    [Test]
    public void Interim_response_gets_none()
    {
        var proxy = new MemoryProxy();

        var (client, upstream) = proxy.Begin(Get);
        proxy.Send(upstream, "HTTP/1.1 103 Early Hints\r\n\r\n");

        Assert.That(proxy.ReceivedAsItIs(client), Is.EqualTo("HTTP/1.1 103 Early Hints\r\n\r\n"));
    }
}
