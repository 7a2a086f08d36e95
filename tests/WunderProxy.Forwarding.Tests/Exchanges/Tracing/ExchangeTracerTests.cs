using System.Diagnostics;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Tests.Exchanges.Tracing;

/// <summary>Spans of exchanges, as a listener in the process gets them, and what the upstream is told.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class ExchangeTracerTests
{
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private const string Unsampled = "00-0af7651916cd43dd8448eb211c80319d-b7ad6b7169203331-00";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    [OneTimeSetUp]
    public void Listen() => EndedSpans.Listen();

    [Test]
    public async Task Sampled_request_becomes_the_parent_of_what_the_upstream_does()
    {
        await using var proxy = Start();

        var head = await AskAsync(proxy, "/a/b?token=secret", $"traceparent: {Parent}\r\ntracestate: a=1\r\nTracestate: b=2\r\n");

        var span = await SpanAsync("/a/b");
        Assert.Multiple(() =>
        {
            Assert.That(head, Does.Contain($"\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-{span.SpanId}-01\r\n"));
            Assert.That(head, Does.Not.Contain("b7ad6b7169203331"));
            Assert.That(head, Does.Contain("tracestate: a=1\r\nTracestate: b=2\r\n"));
            Assert.That($"{span.TraceId}-{span.ParentSpanId}", Is.EqualTo("0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331"));
            Assert.That((span.DisplayName, span.Kind, span.TraceStateString), Is.EqualTo(("GET", ActivityKind.Server, "a=1,b=2")));
            Assert.That(span.Status, Is.EqualTo(ActivityStatusCode.Unset));
            Assert.That(EndedSpans.Tags(span), Is.SupersetOf(new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["http.request.method"] = "GET",
                ["http.response.status_code"] = "200",
                ["url.scheme"] = ProxyUnderTest.Scheme,
                ["url.path"] = "/a/b",
                ["server.address"] = "shop.test",
                ["server.port"] = "8080",
                ["client.address"] = "127.0.0.1",
                ["network.protocol.version"] = "1.1",
            }));
            Assert.That(EndedSpans.Tags(span).Values, Has.None.Contains("secret"));
        });
    }

    [TestCase("/masked/a;token=s3cret/b", "/masked/a;token=***/b")]
    [TestCase("/masked/cb%3Fcode%3Ds3cret%26x%3D1", "/masked/cb%3Fcode%3D***%26x%3D1")]
    [TestCase("/masked/c=d;x=1", "/masked/c=d;x=1")]
    public async Task Secret_in_a_path_is_masked(string target, string shown)
    {
        await using var proxy = Start();

        await AskAsync(proxy, target, string.Empty);

        var span = await SpanAsync(shown);
        Assert.That(EndedSpans.Tags(span).Values, Has.None.Contains("s3cret"));
    }

    [Test]
    public async Task Trace_of_a_sender_that_does_not_sample_passes_untouched()
    {
        await using var proxy = Start();

        var head = await AskAsync(proxy, "/unsampled", $"TraceParent: {Unsampled}\r\ntracestate: a=1\r\n");

        Assert.That(head, Does.Contain($"\r\nTraceParent: {Unsampled}\r\ntracestate: a=1\r\n"));
        Assert.That(EndedSpans.All.Select(PathOf), Has.None.EqualTo("/unsampled"));
    }

    [TestCase("traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-XX\r\ntracestate: a=1\r\n", TestName = "Malformed_parent_starts_a_new_trace(malformed)")]
    [TestCase("traceparent: " + Parent + "\r\ntraceparent: " + Parent + "\r\ntracestate: a=1\r\n", TestName = "Malformed_parent_starts_a_new_trace(two)")]
    [TestCase("tracestate: a=1\r\n", TestName = "Malformed_parent_starts_a_new_trace(none)")]
    public async Task Malformed_parent_starts_a_new_trace(string lines)
    {
        var path = $"/{Guid.NewGuid():N}";
        await using var proxy = Start();

        var head = await AskAsync(proxy, path, lines);

        var span = await SpanAsync(path);
        Assert.That(span.ParentSpanId, Is.EqualTo(default(ActivitySpanId)));
        Assert.That(head, Does.Contain($"\r\ntraceparent: 00-{span.TraceId}-{span.SpanId}-01\r\n").And.Not.Contain("0af765").And.Not.Contain("tracestate"));
    }

    [Test]
    public async Task Off_means_untouched_even_where_somebody_listens()
    {
        await using var proxy = ProxyUnderTest.Start(TransportKind.Epoll);

        var head = await AskAsync(proxy, "/off", $"traceparent: {Parent}\r\n");

        Assert.That(head, Does.Contain($"\r\ntraceparent: {Parent}\r\n"));
        Assert.That(EndedSpans.All.Select(PathOf), Has.None.EqualTo("/off"));
    }

    [Test]
    public async Task Failure_is_told_with_its_kind()
    {
        await using var proxy = Start();
        proxy.Slot.Switch(null);
        using var client = await proxy.ConnectAsync();

        await client.SendAsync("POST /gone HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        await client.ReadHeadAsync();

        var span = await SpanAsync("/gone");
        Assert.That(span.Status, Is.EqualTo(ActivityStatusCode.Error));
        Assert.That(EndedSpans.Tags(span), Is.SupersetOf(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["http.response.status_code"] = "503",
            ["error.type"] = "NoUpstream",
        }));
    }

    [Test]
    public async Task Unknown_method_is_other()
    {
        await using var proxy = Start();

        await AskAsync(proxy, "/odd", string.Empty, "BREW");

        var span = await SpanAsync("/odd");
        Assert.That(span.DisplayName, Is.EqualTo("HTTP"));
        Assert.That(EndedSpans.Tags(span)["http.request.method"], Is.EqualTo("_OTHER"));
        Assert.That(EndedSpans.Tags(span)["http.request.method_original"], Is.EqualTo("BREW"));
    }

    private static ProxyUnderTest Start() => ProxyUnderTest.Start(
        TransportKind.Epoll, options => options with { Threads = 1, Traces = new SpanOptions(FollowsParent: true, 1) });

    private static async Task<string> AskAsync(ProxyUnderTest proxy, string target, string lines, string method = "GET")
    {
        using var client = await proxy.ConnectAsync();
        await client.SendAsync($"{method} {target} HTTP/1.1\r\nHost: shop.test:8080\r\n{lines}\r\n");
        using var upstream = await proxy.Application.AcceptAsync();
        var head = await upstream.ReadHeadAsync();
        await upstream.SendAsync(Ok);
        await client.ReadHeadAsync();
        return head;
    }

    private static async Task<Activity> SpanAsync(string path)
    {
        Activity? span = null;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((span = EndedSpans.All.FirstOrDefault(ended => PathOf(ended) == path)) is null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, deadline.Token);
        }

        return span;
    }

    private static string? PathOf(Activity span) => span.GetTagItem("url.path") as string;
}
