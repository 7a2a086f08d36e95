using System.Net;
using System.Text;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Fallback;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Tests.Fallback;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>Nothing is allocated per exchange once everything is warm, however many connections ask at once.</summary>
[NonParallelizable]
internal sealed class AllocationTests
{
    private const int WarmUpExchanges = 20_000;
    private const int MeasuredExchanges = 100_000;
    private const int MostRounds = 8;
    private const string Get = "GET /a HTTP/1.1\r\nHost: example.test\r\nAccept: */*\r\n\r\n";
    private const string WithLength = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    private const string Chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";

    private static readonly string Post =
        $"POST /a HTTP/1.1\r\nHost: example.test\r\nContent-Length: 2000\r\n\r\n{new string('b', 1996)}end!";

    private static readonly object[] Cases =
    [
        new TestCaseData(1, 1, Get, WithLength).SetArgDisplayNames("1 connection, GET"),
        new TestCaseData(64, 2, Get, WithLength).SetArgDisplayNames("64 connections, GET"),
        new TestCaseData(64, 2, Post, WithLength).SetArgDisplayNames("64 connections, POST with a length"),
        new TestCaseData(64, 2, Get, Chunked).SetArgDisplayNames("64 connections, chunked response"),
        new TestCaseData(256, 2, Get, WithLength).SetArgDisplayNames("256 connections, GET"),
        new TestCaseData(256, 2, Post, Chunked).SetArgDisplayNames("256 connections, POST and chunked response"),
    ];

    [TestCaseSource(nameof(Cases))]
    public async Task Hundred_thousand_exchanges_allocate_less_than_a_byte_each(
        int connections, int threads, string request, string response)
    {
        // With a peer, which costs nothing as long as it is not needed, and with traces of which none is sampled.
        var fallback = new FallbackOptions([IPEndPoint.Parse("127.0.0.1:1")], PeerSignature.Key());
        await using var proxy = ProxyUnderTest.Start(
            TransportKind.Epoll, options => options with { Threads = threads, Fallback = fallback, Buffers = new BufferOptions(), Traces = new SpanOptions(FollowsParent: true, Share: 0) });
        var bytes = Encoding.ASCII.GetBytes(request);
        using var application = new BlockingApplication(bytes[^4..], Encoding.ASCII.GetBytes(response));
        proxy.Slot.Switch(new Upstream(application.EndPoint, "blocking", TimeProvider.System));
        using var clients = new BlockingClients(proxy.EndPoint, connections);

        // What it takes once a second is no exchange's, and is counted elsewhere.
        proxy.Server.Statistics.Dispose();

        // Longer than what ends a head: both may come in two parts.
        var answerEnd = Encoding.ASCII.GetBytes(response[^7..]);

        // The count is the whole process's: the runtime allocates while it compiles what has become hot, the test host
        // when it reports. Neither does so in every round; what the proxy allocated would show in all of them.
        clients.Exchange(WarmUpExchanges, bytes, answerEnd);
        var allocated = long.MaxValue;
        for (var round = 0; round < MostRounds && allocated >= MeasuredExchanges; round++)
        {
            allocated = Math.Min(allocated, Measure(clients, bytes, answerEnd));
        }

        Assert.That(allocated, Is.LessThan(MeasuredExchanges), $"{allocated} bytes for {MeasuredExchanges} exchanges");
    }

    [Test]
    public async Task Access_log_allocates_less_than_a_byte_for_each_exchange([Values] AccessLogFormat format)
    {
        const int Exchanges = 50_000;
        const string Parent = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n";
        var request = Encoding.ASCII.GetBytes(
            $"GET /a?b=c&token=d\" HTTP/1.1\r\nHost: example.test:80\r\nUser-Agent: test\r\nX-Request-ID: 7\r\n{Parent}\r\n");
        await using var proxy = ProxyUnderTest.Start(
            TransportKind.Epoll,
            options => options with { Threads = 1, AccessLog = new NoSink(), AccessLogFormat = format, AccessLogSample = 0.5 });
        using var application = new BlockingApplication(request[^4..], Encoding.ASCII.GetBytes(WithLength));
        proxy.Slot.Switch(new Upstream(application.EndPoint, "blocking", TimeProvider.System) { Revision = "r42" });
        using var clients = new BlockingClients(proxy.EndPoint, 64);

        // What it takes once a second would count for more the slower the machine is.
        proxy.Server.Statistics.Dispose();
        var answerEnd = Encoding.ASCII.GetBytes(WithLength[^7..]);

        clients.Exchange(WarmUpExchanges, request, answerEnd);
        var allocated = long.MaxValue;
        for (var round = 0; round < MostRounds && allocated >= Exchanges; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            clients.Exchange(Exchanges, request, answerEnd);
            allocated = Math.Min(allocated, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.That(allocated, Is.LessThan(Exchanges), $"{allocated} bytes for {Exchanges} exchanges");
    }

    [TestCase("", 1, Description = "compression is on, and this client does not take it")]
    [TestCase("Accept-Encoding: br\r\n", 256)]
    [TestCase("Accept-Encoding: gzip\r\n", 1024)]
    public async Task Response_that_is_or_may_be_compressed_allocates_little(string line, int mostBytes)
    {
        const int Exchanges = 2_000;
        await using var proxy = ProxyUnderTest.Start(
            TransportKind.Epoll,
            options => options with { Threads = 1 },
            served: new ApplicationOptions { Compression = ResponseCompression.Normal });
        var request = Encoding.ASCII.GetBytes($"GET /a HTTP/1.1\r\nHost: a\r\n{line}\r\n");
        var page = string.Concat(Enumerable.Range(0, 130).Select(i => $"<p>{i}</p>"));
        var answer = $"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nETag: \"1\"\r\nContent-Length: {page.Length}\r\n\r\n{page}";
        using var application = new BlockingApplication(request[^4..], Encoding.ASCII.GetBytes(answer));
        proxy.Slot.Switch(new Upstream(application.EndPoint, "blocking", TimeProvider.System));
        using var clients = new BlockingClients(proxy.EndPoint, 8);
        proxy.Server.Statistics.Dispose();
        var answerEnd = line.Length == 0 ? Encoding.ASCII.GetBytes(answer[^7..]) : "\r\n0\r\n\r\n"u8.ToArray();

        clients.Exchange(2_000, request, answerEnd);
        var allocated = long.MaxValue;
        for (var round = 0; round < MostRounds && allocated >= mostBytes * Exchanges; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            clients.Exchange(Exchanges, request, answerEnd);
            allocated = Math.Min(allocated, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        await TestContext.Out.WriteLineAsync($"{allocated / Exchanges} bytes for each response");
        Assert.That(allocated / Exchanges, Is.LessThan(mostBytes));
    }

    private sealed class NoSink : IAccessLogSink
    {
        public void Write(ReadOnlySpan<byte> lines)
        {
            // Nothing: the test measures what comes before.
        }
    }

    private static long Measure(BlockingClients clients, byte[] request, byte[] answerEnd)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        clients.Exchange(MeasuredExchanges, request, answerEnd);
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }
}
