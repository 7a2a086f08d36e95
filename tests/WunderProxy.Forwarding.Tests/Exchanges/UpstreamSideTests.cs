using System.Diagnostics;
using WunderProxy.Forwarding.Exchanges;

namespace WunderProxy.Forwarding.Tests.Exchanges;

[Parallelizable(ParallelScope.All)]
internal sealed class UpstreamSideTests
{
    [Test]
    public void Response_to_a_request_that_was_not_sent_is_a_bug()
    {
        var upstream = new MemoryProxy().Exchanges.Rent().Upstream;

        Assert.That(upstream.OnResponseReceived, Throws.TypeOf<UnreachableException>());
        Assert.That(upstream.Progress, Is.EqualTo(UpstreamProgress.NotSent));
    }

    [Test]
    public void Exchange_that_is_given_back_holds_nothing_of_the_upstream()
    {
        var proxy = new MemoryProxy();
        var (client, upstream) = proxy.Begin("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        proxy.Send(upstream, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        proxy.Received(client);
        var side = proxy.Exchanges.Rent().Upstream;

        Assert.That((side.Connection, side.Endpoint, side.Used, side.Progress),
            Is.EqualTo(((object?)null, (object?)null, (object?)null, UpstreamProgress.NotSent)));
    }
}
