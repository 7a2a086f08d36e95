using WunderProxy.Forwarding.Options;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>How many header lines a response may have follows the limits that can be set.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ResponseHeaderCountTests
{
    [TestCase(512, 128, 64, "200 OK")]
    [TestCase(513, 128, 64, "502 Bad Gateway")]
    [TestCase(1024, 128, 128, "200 OK")]
    [TestCase(1025, 128, 128, "502 Bad Gateway")]
    [TestCase(1200, 300, 64, "200 OK")]
    [TestCase(1201, 300, 64, "502 Bad Gateway")]
    [TestCase(500, 10, 64, "200 OK")]
    public void Lines_of_a_response_are_bounded(int lines, int maxHeaderCount, int maxResponseKibibytes, string status)
    {
        var limits = new ForwarderLimits
        {
            MaxHeaderCount = maxHeaderCount,
            MaxResponseHeadBytes = maxResponseKibibytes * 1024,
        };
        var proxy = new MemoryProxy(options => options with { Limits = limits });
        var (client, upstream) = proxy.Begin("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        var rest = string.Concat(Enumerable.Range(1, lines - 1).Select(line => $"X-{line}: a\r\n"));
        proxy.Send(upstream, $"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n{rest}\r\n");

        Assert.That(proxy.Received(client), Does.StartWith($"HTTP/1.1 {status}\r\n"));
    }
}
