using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using WunderProxy.Forwarding.Exchanges.Bodies;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Memory;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Tests.Exchanges.Tracing;

/// <summary>Spans of the attempts at an upstream, below the span of the request.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class AttemptTracerTests
{
    private const string Get = "GET /a?b=c HTTP/1.1\r\nHost: shop.test\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    [OneTimeSetUp]
    public void Listen() => EndedSpans.Listen();

    [Test]
    public void Attempt_has_a_span_of_kind_client_and_the_upstream_gets_that_of_the_request()
    {
        var proxy = Start();
        var client = Ask(proxy, "192.0.2.31", Get);
        var head = proxy.Received(proxy.Upstreams.Single());
        proxy.Send(proxy.Upstreams.Single(), Ok);
        proxy.Received(client);

        var request = EndedSpans.RequestFrom("192.0.2.31")!;
        var attempt = EndedSpans.AttemptsOf(request).Single();
        Assert.Multiple(() =>
        {
            Assert.That((attempt.DisplayName, attempt.TraceId, attempt.Status), Is.EqualTo(("GET", request.TraceId, ActivityStatusCode.Unset)));
            Assert.That(EndedSpans.Tags(attempt), Is.EquivalentTo(new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["http.request.method"] = "GET",
                ["http.response.status_code"] = "200",
                ["server.address"] = "127.0.0.1",
                ["server.port"] = "1",
            }));
            Assert.That(head, Does.Contain($"\r\ntraceparent: 00-{request.TraceId}-{request.SpanId}-01\r\n"));
        });
    }

    [Test]
    public void Status_of_a_client_error_is_a_failure_of_the_attempt_only()
    {
        var proxy = Start();
        Ask(proxy, "192.0.2.32", Get);

        proxy.Send(proxy.Upstreams.Single(), "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");

        var request = EndedSpans.RequestFrom("192.0.2.32")!;
        var attempt = EndedSpans.AttemptsOf(request).Single();
        Assert.That((request.Status, attempt.Status), Is.EqualTo((ActivityStatusCode.Unset, ActivityStatusCode.Error)));
        Assert.That((ErrorOf(request), ErrorOf(attempt)), Is.EqualTo(((object?)null, (object)"404")));
    }

    [TestCase("192.0.2.33", SocketError.ConnectionRefused, "ConnectRefused")]
    [TestCase("192.0.2.34", SocketError.TimedOut, "ConnectTimeout")]
    public void Connect_that_fails_is_an_attempt_without_a_status(string address, SocketError error, string expected)
    {
        var proxy = Start();
        proxy.Loop.Connector = _ => new ConnectResult(null, error);

        Ask(proxy, address, Get);

        var attempt = EndedSpans.AttemptsOf(EndedSpans.RequestFrom(address)!).Single();
        Assert.That((ErrorOf(attempt), attempt.Status), Is.EqualTo(((object)expected, ActivityStatusCode.Error)));
        Assert.That(attempt.GetTagItem("http.response.status_code"), Is.Null);
    }

    [Test]
    public void Request_that_is_sent_again_has_two_attempts()
    {
        var proxy = Start();
        var client = Ask(proxy, "192.0.2.35", Get.Replace("Host", "traceparent: 00-0af7651916cd43dd8448eb211c80310e-b7ad6b7169203331-00\r\nHost", StringComparison.Ordinal));
        var stale = proxy.Upstreams.Single();
        proxy.Send(stale, Ok);
        proxy.Received(client);

        proxy.Send(client, Get);
        proxy.Loop.Run(stale.Close);
        proxy.Send(proxy.Upstreams[^1], Ok);

        var attempts = EndedSpans.AttemptsOf(EndedSpans.RequestFrom("192.0.2.35")!);
        Assert.That(
            attempts.Select(span => (ErrorOf(span), span.GetTagItem("http.request.resend_count"), span.GetTagItem("http.response.status_code"))),
            Is.EqualTo(new (object?, object?, object?)[] { ("UpstreamClosed", null, null), (null, 1, 200) }));
    }

    [Test]
    public void Request_that_follows_a_switch_has_an_attempt_at_each_upstream()
    {
        var proxy = Start();
        var connect = proxy.Loop.Connector;
        proxy.Loop.Connector = endPoint =>
        {
            if (endPoint is not IPEndPoint { Port: 1 })
            {
                return connect(endPoint);
            }

            proxy.Slot.Switch(new Upstream(new IPEndPoint(IPAddress.IPv6Loopback, 2), "next", proxy.Clock));
            return new ConnectResult(null, SocketError.ConnectionRefused);
        };

        Ask(proxy, "192.0.2.36", Get);
        proxy.Send(proxy.Upstreams.Single(), Ok);

        var attempts = EndedSpans.AttemptsOf(EndedSpans.RequestFrom("192.0.2.36")!);
        Assert.That(
            attempts.Select(span => (ErrorOf(span), span.GetTagItem("server.address"), span.GetTagItem("server.port"))),
            Is.EqualTo(new (object?, object?, object?)[] { ("ConnectRefused", "127.0.0.1", 1), (null, "::1", 2) }));
    }

    [Test]
    public void Peer_that_is_asked_is_an_attempt_of_its_own()
    {
        var proxy = Start(options => options.WithPeers(new IPEndPoint(IPAddress.Loopback, 3)));
        var connect = proxy.Loop.Connector;
        proxy.Loop.Connector = endPoint => endPoint is IPEndPoint { Port: 1 }
            ? new ConnectResult(null, SocketError.ConnectionRefused)
            : connect(endPoint);

        Ask(proxy, "192.0.2.37", Get);
        proxy.Send(proxy.Upstreams.Single(), Ok);

        var attempts = EndedSpans.AttemptsOf(EndedSpans.RequestFrom("192.0.2.37")!);
        Assert.That(
            attempts.Select(span => (ErrorOf(span), span.GetTagItem("server.port"), span.GetTagItem("wunderproxy.peer"))),
            Is.EqualTo(new (object?, object?, object?)[] { ("ConnectRefused", 1, null), (null, 3, true) }));
    }

    [Test]
    public void Unix_socket_is_told_by_its_path()
    {
        var proxy = Start();
        proxy.Slot.Switch(new Upstream(new UnixDomainSocketEndPoint("/run/shop.sock"), "socket", proxy.Clock));

        Ask(proxy, "192.0.2.38", Get);
        proxy.Send(proxy.Upstreams.Single(), Ok);

        var attempt = EndedSpans.AttemptsOf(EndedSpans.RequestFrom("192.0.2.38")!).Single();
        Assert.That((attempt.GetTagItem("server.address"), attempt.GetTagItem("server.port")), Is.EqualTo(((object)"/run/shop.sock", (object?)null)));
    }

    [Test]
    public void Internal_error_ends_both_spans()
    {
        var proxy = Start();
        proxy.Loop.Connector = _ => throw new InvalidOperationException("made by the test");

        Ask(proxy, "192.0.2.39", Get);

        var request = EndedSpans.RequestFrom("192.0.2.39")!;
        var attempt = EndedSpans.AttemptsOf(request).Single();
        Assert.That((ErrorOf(request), ErrorOf(attempt)), Is.EqualTo(((object)"InternalError", (object)"InternalError")));
    }

    [Test]
    public void Fault_that_nobody_can_be_told_of_ends_both_spans()
    {
        const string Trace = "0af7651916cd43dd8448eb211c80310f";
        var proxy = Start(filter: new BrokenFilter());
        Ask(proxy, "192.0.2.40", Get.Replace("Host", $"traceparent: 00-{Trace}-b7ad6b7169203331-01\r\nHost", StringComparison.Ordinal));

        proxy.Send(proxy.Upstreams.Single(), "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd");

        var spans = EndedSpans.All.Where(span => $"{span.TraceId}" == Trace);
        Assert.That(
            spans.Select(span => (span.Kind, ErrorOf(span), span.Status)),
            Is.EqualTo(new (ActivityKind, object?, ActivityStatusCode)[]
            {
                (ActivityKind.Client, "InternalError", ActivityStatusCode.Error), (ActivityKind.Server, "InternalError", ActivityStatusCode.Error),
            }));
    }

    private static MemoryProxy Start(Func<ForwarderOptions, ForwarderOptions>? configure = null, BodyFilter? filter = null) => new(
        options => (configure ?? (same => same))(options with { Traces = new SpanOptions(FollowsParent: true, 1) }),
        responseFilter: filter is null ? null : (_, _) => filter);

    private static MemoryConnection Ask(MemoryProxy proxy, string address, string request)
    {
        var client = proxy.Connect(new IPEndPoint(IPAddress.Parse(address), 7));
        proxy.Send(client, request);
        return client;
    }

    private static object? ErrorOf(Activity span) => span.GetTagItem("error.type");

    private sealed class BrokenFilter : BodyFilter
    {
        public override void Write(ReadOnlySpan<byte> payload, IBufferWriter<byte> output) =>
            throw new InvalidOperationException("made by the test");

        public override void Flush(IBufferWriter<byte> output)
        {
        }

        public override void End(IBufferWriter<byte> output)
        {
        }

        public override void Release()
        {
        }
    }
}
