using System.Net.Sockets;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Tests.Transport;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Tests.Exchanges.AccessLogs;

/// <summary>What the lines of the access log say, and what becomes of them when nobody takes them.</summary>
[TestFixture(TransportKind.Epoll)]
[TestFixture(TransportKind.Sockets)]
[Parallelizable(ParallelScope.All)]
internal sealed class AccessLogTests(TransportKind transport)
{
    private const string NoContent = "HTTP/1.1 204 No Content\r\n\r\n";

    [TestCase(AccessLogFormat.Text, "method=GET host=a path=/x%20y?\\x22 status=200 bytes=75 duration=")]
    [TestCase(AccessLogFormat.Json, "\"http.request.method\":\"GET\",\"server.address\":\"a\",\"url.path\":\"/x%20y\",\"url.query\":\"\\u0022\",\"network.protocol.version\":\"1.1\",\"url.scheme\":\"http\",")]
    public async Task Exchange_is_logged_in_one_safe_line(AccessLogFormat format, string expected)
    {
        var sink = new LineSink();
        await using var proxy = Start(sink, options => options with { AccessLogFormat = format });
        var (client, upstream, _) = await proxy.BeginAsync("GET /x%20y?\" HTTP/1.1\r\nHost: a\r\n\r\n");
        await upstream.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await client.ReadHeadAsync();

        var line = await sink.TakeAsync();

        Assert.That(line, Does.Contain(expected).And.EndsWith("\n"));
    }

    [TestCase(AccessLogFormat.Text, " client=unix method=GET host=- path=/ status=204 ")]
    [TestCase(AccessLogFormat.Json, ",\"url.scheme\":\"http\",\"client.address\":\"unix\",\"http.response.status_code\":204,")]
    public async Task Client_of_a_unix_socket_without_a_Host_is_logged(AccessLogFormat format, string expected)
    {
        var sink = new LineSink();
        var endPoint = new UnixDomainSocketEndPoint(TemporaryPaths.NewSocketPath());
        await using var proxy = Start(
            sink, options => options with { AccessLogFormat = format }, ListenerSet.Bind([new ListenerOptions(endPoint)]));
        var (client, upstream, head) = await proxy.BeginAsync("GET / HTTP/1.0\r\n\r\n");
        await upstream.SendAsync(NoContent);
        await client.ReadHeadAsync();

        Assert.That(await sink.TakeAsync(), Does.Contain(expected));
        Assert.That(head, Does.Not.Contain("X-Forwarded-For").And.Not.Contain("X-Forwarded-Host"));
    }

    [Test]
    public async Task Refused_head_is_logged_without_a_byte_of_it()
    {
        var sink = new LineSink();
        await using var proxy = Start(sink);
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("GET /evil HTTP/1.1\r\nHo st: evil\r\n\r\n");
        await client.ReadHeadAsync();

        Assert.That(
            await sink.TakeAsync(),
            Does.Match("^time=[0-9TZ:.-]+ client=127.0.0.1 status=400 bytes=[0-9]+ duration=[0-9.]+ error=Rejected reason=SpaceBeforeColon end=proxy bytes_in=[1-9][0-9]*( [a-z]+_ms=[0-9.]+)*\n$"));
    }

    [Test]
    public async Task Client_that_left_is_logged_as_499_with_its_upstream()
    {
        var sink = new LineSink();
        await using var proxy = Start(sink);
        var (client, _, _) = await proxy.BeginAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        client.Reset();

        Assert.That(
            await sink.TakeAsync(),
            Does.Contain(" status=499 bytes=0 ").And.Contain($" upstream={proxy.Application.EndPoint} error=ClientGone end=client_abort_request "));
    }

    [Test]
    public async Task Lines_that_the_sink_cannot_write_are_counted()
    {
        await using var proxy = Start(new BrokenSink());
        _ = proxy.Application.AnswerAllAsync(NoContent);
        using var client = await proxy.ConnectAsync();

        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await client.ReadHeadAsync();

        await Eventually.TrueAsync(() => proxy.Server.Snapshot().AccessLogDropped == 1);
    }

    [Test]
    public async Task Lines_that_nobody_takes_are_dropped_and_counted_and_hold_up_no_exchange()
    {
        using var sink = new HeldSink();
        await using var proxy = Start(sink, options => options with { AccessLogFormat = AccessLogFormat.Json, Threads = 1 });
        _ = proxy.Application.AnswerAllAsync(NoContent);
        using var client = await proxy.ConnectAsync();

        // Each byte takes six in the line, so that few exchanges fill all batches.
        var request = $"GET /{new string('"', 4000)} HTTP/1.1\r\nHost: a\r\n\r\n";
        var exchanges = 0;
        for (; proxy.Server.Snapshot().AccessLogDropped == 0 && exchanges < 2000; exchanges++)
        {
            await client.SendAsync(request);
            await client.ReadHeadAsync();
        }

        await Eventually.TrueAsync(() => proxy.Server.Snapshot().Total.Requests == exchanges);
        sink.Release();

        // Counted behind the answer: the line of the last exchange may be dropped, or come, a moment later.
        await Eventually.TrueAsync(() => sink.Lines + proxy.Server.Snapshot().AccessLogDropped == exchanges);
        Assert.That(proxy.Server.Snapshot().AccessLogDropped, Is.Positive);
    }

    private ProxyUnderTest Start(
        IAccessLogSink sink, Func<ForwarderOptions, ForwarderOptions>? configure = null, ListenerSet? listeners = null) =>
        ProxyUnderTest.Start(
            transport, options => (configure ?? (same => same))(options with { AccessLog = sink }), listeners: listeners);

    /// <summary>Takes nothing until it is released, as a full disk or a stopped reader does.</summary>
    private sealed class HeldSink : IAccessLogSink, IDisposable
    {
        private readonly ManualResetEventSlim _released = new();
        private int _lines;

        public int Lines => Volatile.Read(ref _lines);

        public void Release() => _released.Set();

        public void Write(ReadOnlySpan<byte> lines)
        {
            var count = lines.Count((byte)'\n');
            _released.Wait();
            Interlocked.Add(ref _lines, count);
        }

        public void Dispose()
        {
            Release();
            _released.Dispose();
        }
    }

    private sealed class BrokenSink : IAccessLogSink
    {
        public void Write(ReadOnlySpan<byte> lines) => throw new IOException("the reader has gone away");
    }
}
