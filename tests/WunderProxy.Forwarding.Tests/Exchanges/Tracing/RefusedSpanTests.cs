using System.Diagnostics;
using System.Net;
using WunderProxy.Forwarding.Options;

namespace WunderProxy.Forwarding.Tests.Exchanges.Tracing;

/// <summary>Spans of requests that were refused, which tell why and nothing of what was sent.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class RefusedSpanTests
{
    private const string Framing = "POST /evil HTTP/1.1\r\nHost: evil\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n";

    [OneTimeSetUp]
    public void Listen() => EndedSpans.Listen();

    private static readonly object[] Refused =
    [
        new TestCaseData("192.0.2.11", "GET /evil HTTP/1.1\r\nHo st: evil\r\n\r\n", 400, "SpaceBeforeColon").SetArgDisplayNames("a field"),
        new TestCaseData("192.0.2.12", "GET /evil HTTP/1.1\r\nHost: evil\r\nHost: b\r\n\r\n", 400, "SeveralHosts").SetArgDisplayNames("two hosts"),
        new TestCaseData("192.0.2.13", Framing + "\r\n", 400, "LengthAndTransferEncoding").SetArgDisplayNames("the framing"),
        new TestCaseData("192.0.2.14", $"GET /evil{new string('x', 9_000)} HTTP/1.1\r\nHost: evil\r\n\r\n", 414, "RequestLineTooLong").SetArgDisplayNames("a long line"),
        new TestCaseData("192.0.2.15", $"GET /evil HTTP/1.1\r\nHost: evil\r\nbaggage: {new string('x', 1024 * 1024)}\r\n\r\n", 431, "HeadersTooLarge").SetArgDisplayNames("1 MiB of baggage"),
    ];

    [TestCaseSource(nameof(Refused))]
    public void Refused_head_is_told_with_the_broken_rule(string address, string request, int status, string reason)
    {
        var (proxy, _) = Send(address, request);

        var span = EndedSpans.RequestFrom(address)!;
        Assert.Multiple(() =>
        {
            Assert.That((span.DisplayName, span.Status, span.ParentSpanId), Is.EqualTo(("HTTP", ActivityStatusCode.Unset, default(ActivitySpanId))));
            Assert.That(EndedSpans.Tags(span), Is.EquivalentTo(new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["http.request.method"] = "_OTHER",
                ["http.response.status_code"] = $"{status}",
                ["url.scheme"] = "http",
                ["client.address"] = address,
                ["error.type"] = "Rejected",
                ["wunderproxy.reason"] = reason,
            }));
            Assert.That(proxy.Upstreams, Is.Empty);
        });
    }

    [Test]
    public void Head_that_does_not_come_to_its_end_is_told()
    {
        var (proxy, _) = Send("192.0.2.21", "GET / HTTP/1.1\r\nHost:");

        proxy.Pass(TimeSpan.FromSeconds(16));

        var tags = EndedSpans.Tags(EndedSpans.RequestFrom("192.0.2.21")!);
        Assert.That((tags["http.response.status_code"], tags["error.type"]), Is.EqualTo(("408", "HeaderTimeout")));
    }

    [Test]
    public void Connection_beyond_the_limit_is_told()
    {
        var proxy = Start(new SpanOptions(FollowsParent: true, 1), options => options with { MaxConnections = 1 });
        proxy.Connect();

        proxy.Connect(From("192.0.2.22"));

        var span = EndedSpans.RequestFrom("192.0.2.22")!;
        var tags = EndedSpans.Tags(span);
        Assert.That((tags["http.response.status_code"], tags["error.type"]), Is.EqualTo(("503", "TooManyConnections")));
        Assert.That(span.Status, Is.EqualTo(ActivityStatusCode.Error));
    }

    [Test]
    public void Trace_of_a_whole_head_goes_on_where_the_head_is_refused_for_its_framing()
    {
        Send("192.0.2.23", $"{Framing}traceparent: 00-0af7651916cd43dd8448eb211c80310c-b7ad6b7169203331-01\r\n\r\n");

        var span = EndedSpans.RequestFrom("192.0.2.23")!;
        Assert.That($"{span.TraceId}-{span.ParentSpanId}", Is.EqualTo("0af7651916cd43dd8448eb211c80310c-b7ad6b7169203331"));
    }

    [TestCase("192.0.2.24", "", 0)]
    [TestCase("192.0.2.25", "traceparent: 00-0af7651916cd43dd8448eb211c80310d-b7ad6b7169203331-00\r\n", 1)]
    public void Refused_request_that_is_not_sampled_has_no_span(string address, string line, double share)
    {
        var proxy = Start(new SpanOptions(FollowsParent: true, share));
        var client = proxy.Connect(From(address));

        proxy.Send(client, $"{Framing}{line}\r\n");

        Assert.That(proxy.Received(client), Does.StartWith("HTTP/1.1 400 "));
        Assert.That(EndedSpans.RequestFrom(address), Is.Null);
    }

    private static (MemoryProxy Proxy, string Answer) Send(string address, string request)
    {
        var proxy = Start(new SpanOptions(FollowsParent: true, 1));
        var client = proxy.Connect(From(address));
        proxy.Send(client, request);
        return (proxy, proxy.Received(client));
    }

    private static MemoryProxy Start(SpanOptions traces, Func<ForwarderOptions, ForwarderOptions>? configure = null) =>
        new(options => (configure ?? (same => same))(options with { Traces = traces }));

    private static IPEndPoint From(string address) => new(IPAddress.Parse(address), 7);
}
