using System.Text.Json;
using Microsoft.Extensions.Logging;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Exchanges;
using WunderProxy.Forwarding.Tests.Http1;
using WunderProxy.Forwarding.Transport;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>What the two logs say of requests that were refused and exchanges that were lost, and what they never say.</summary>
[TestFixture(TransportKind.Epoll)]
[TestFixture(TransportKind.Sockets)]
[Parallelizable(ParallelScope.All)]
internal sealed class ExchangeLogTests(TransportKind transport)
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    // A terminal would obey the first, and a log reader would believe the second.
    private const string Attack = "\x1b]0;owned\x07\x1b[2Jevil\n2026-01-01T00:00:00.000Z ERROR all is lost";

    private static readonly TestCaseData[] BadRequests =
    [
        Bad($"GET /{Attack} HTTP/1.1\r\nHost: a\r\n\r\n", 400, "BadTarget"),
        Bad("GET /evil\x85\xff HTTP/1.1\r\nHost: a\r\n\r\n", 400, "BadTarget"),
        Bad("evil\x1b[31m / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "BadMethod"),
        Bad("GET /evil HTTP/1.1\nHost: a\r\n\r\n", 400, "BareLf"),
        Bad("GET /evil HTTP/1.1\r\nHost: a\rX: evil\r\n\r\n", 400, "BareCr"),
        Bad($"GET /evil HTTP/1.1\r\nHost: a\r\nX: {Attack}\r\n\r\n", 400, "BadFieldValue"),
        Bad("GET /evil HTTP/1.1\r\nHost: a\r\nevil\x1b: x\r\n\r\n", 400, "BadFieldName"),
        Bad("GET /evil HTTP/1.1\r\nHost: a\r\nX : evil\r\n\r\n", 400, "SpaceBeforeColon"),
        Bad("GET /evil HTTP/1.1\r\nHost: a\r\nX: evil\r\n evil\r\n\r\n", 400, "ObsFold"),
        Bad("GET /evil HTTP/1.1\r\n\r\n", 400, "MissingHost"),
        Bad("GET /evil HTTP/1.1\r\nHost: a\r\nHost: evil\r\n\r\n", 400, "SeveralHosts"),
        Bad("GET /evil HTTP/1.1\r\nHost: evil/\r\n\r\n", 400, "BadHost"),
        Bad("POST /evil HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\nevil",
            400, "LengthAndTransferEncoding"),
        Bad("POST /evil HTTP/1.1\r\nHost: a\r\nContent-Length: +4\r\n\r\nevil", 400, "BadContentLength"),
        Bad("POST /evil HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: evil\r\n\r\n", 400, "BadTransferEncoding"),
        Bad("POST /evil HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501, "UnknownTransferCoding"),
        Bad("CONNECT evil:1 HTTP/1.1\r\nHost: evil:1\r\n\r\n", 501, "ConnectRefused"),
        Bad("GET /evil HTTP/3.0\r\nHost: a\r\n\r\n", 505, "UnsupportedVersion"),
        Bad($"GET /{new string('x', 9000)} HTTP/1.1\r\n", 414, "RequestLineTooLong"),
        Bad($"GET /evil HTTP/1.1\r\nHost: a\r\nX: {new string('x', 40_000)}\r\n", 431, "HeadersTooLarge"),
        Bad($"GET /evil HTTP/1.1\r\nHost: a\r\n{string.Concat(Enumerable.Repeat("X: y\r\n", 200))}\r\n", 431, "TooManyHeaders"),
        Bad("TRACE /evil HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nevil", 400, "TraceWithBody"),
    ];

    [TestCaseSource(nameof(BadRequests))]
    public async Task Refused_request_is_answered_closed_logged_and_reaches_nobody(string request, int status, string reason)
    {
        using var loggers = new RecordingLoggerFactory();
        var sink = new LineSink();
        await using var proxy = ProxyUnderTest.Start(transport, options => options with { AccessLog = sink }, loggers: loggers);
        var (other, otherUpstream, _) = await proxy.BeginAsync(Get);

        using var client = await proxy.ConnectAsync();
        await client.SendAsync(request);
        var (answer, end) = await client.ReadToEndAsync();
        var line = await sink.TakeAsync();

        Assert.Multiple(() =>
        {
            Assert.That(answer, Does.StartWith($"HTTP/1.1 {status} ").And.Contain("Connection: close\r\n").And.Not.Contain("evil"));
            Assert.That(end, Is.EqualTo(StreamEnd.Finished));
            Assert.That(proxy.Application.HasPending, Is.False, "no byte reaches the upstream");
            Assert.That(loggers.Log.MessagesFrom(LogLevel.Information),
                Has.One.EqualTo($"request refused: {reason}, from 127.0.0.1"));
            Assert.That(loggers.Log.Events.Select(entry => entry.Message), Has.None.Contain("evil"));
            Assert.That(line, Does.Contain($" status={status} ").And.Contain($"={reason} end="));
            Assert.That(line[..^1].All(letter => letter is >= ' ' and <= '~'), line);
        });

        await otherUpstream.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
        Assert.That(await other.ReadHeadAsync(), Does.StartWith("HTTP/1.1 204 "), "another connection never notices");
    }

    [Test]
    public async Task Bad_chunk_is_logged_with_its_reason_and_never_complete_upstream()
    {
        using var loggers = new RecordingLoggerFactory();
        var sink = new LineSink();
        await using var proxy = ProxyUnderTest.Start(transport, options => options with { AccessLog = sink }, loggers: loggers);
        var (client, upstream, _) = await proxy.BeginAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");

        await client.SendAsync("\x1b[31mevil\r\n");

        Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 400 ").And.Contain("Connection: close\r\n"));
        Assert.That(await upstream.WaitForEndAsync(), Is.EqualTo(StreamEnd.Reset));
        Assert.That(await sink.TakeAsync(), Does.Contain(" error=BadRequestBody reason=BadSize end=proxy "));
        Assert.That(loggers.Log.MessagesFrom(LogLevel.Information),
            Has.One.EqualTo("request refused: BadRequestBody (BadSize), from 127.0.0.1"));
    }

    [Test]
    public async Task Bad_response_is_logged_with_its_reason()
    {
        using var loggers = new RecordingLoggerFactory();
        var sink = new LineSink();
        await using var proxy = ProxyUnderTest.Start(transport, options => options with { AccessLog = sink }, loggers: loggers);
        var (client, upstream, _) = await proxy.BeginAsync(Get);

        await upstream.SendAsync("HTTP/1.1 200 OK\r\nX: evil\x1b[31m\r\n\r\n");

        Assert.That(await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 502 "));
        Assert.That(await sink.TakeAsync(), Does.Contain(" error=BadResponse reason=BadFieldValue end=upstream_reset "));
        Assert.That(loggers.Log.MessagesFrom(LogLevel.Warning),
            Is.EqualTo(new[] { "exchange lost: BadResponse (BadFieldValue), by Upstream, upstream first" }));
    }

    [TestCase("/a\\b\"c'd%0a%1b[m<script>", "/a\\x5cb\\x22c'd%0a%1b[m<script>")]
    [TestCase("/x?status=200&error=None", "/x?status=200&error=None")]
    public async Task Target_stays_one_value_of_one_line(string target, string expected)
    {
        var request = $"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n";

        Assert.That(await LogLineOfAsync(AccessLogFormat.Text, request), Does.Contain($" path={expected} status=503 "));
        using var json = JsonDocument.Parse(await LogLineOfAsync(AccessLogFormat.Json, request));
        var path = json.RootElement.GetProperty("url.path").GetString();
        Assert.That(json.RootElement.TryGetProperty("url.query", out var query) ? $"{path}?{query.GetString()}" : path, Is.EqualTo(target));
    }

    [Test]
    public async Task Flood_of_lost_and_refused_requests_is_a_line_and_a_summary_each()
    {
        const int Requests = 50;
        using var loggers = new RecordingLoggerFactory();
        var sink = new LineSink();
        var clock = new ManualTimeProvider();
        await using var proxy = ProxyUnderTest.Start(transport, options => options with { AccessLog = sink }, clock, loggers);
        proxy.Slot.Switch(null);
        using var client = await proxy.ConnectAsync();
        for (var number = 0; number < Requests; number++)
        {
            await client.SendAsync(Get);
            await client.ReadThroughAsync("</html>\n");
            using var bad = await proxy.ConnectAsync();
            await bad.SendAsync("nonsense\r\n\r\n");
            await bad.ReadToEndAsync();
        }

        clock.Advance(LogThrottle.Interval);

        Assert.That(loggers.Log.MessagesFrom(LogLevel.Information, ": "), Is.EquivalentTo(new[]
        {
            "exchange lost: NoUpstream, by Proxy, upstream none",
            "request refused: BadMethod, from 127.0.0.1",
            $"exchange lost: NoUpstream: {Requests - 1} more in 10 s, the last with upstream none",
            $"request refused: BadMethod: {Requests - 1} more in 10 s, the last from 127.0.0.1",
        }));
        for (var line = 0; line < 2 * Requests; line++)
        {
            Assert.That(await sink.TakeAsync(), Does.Contain("error="), "the access log has each");
        }
    }

    [Test]
    public async Task Connection_beyond_the_limit_is_logged()
    {
        using var loggers = new RecordingLoggerFactory();
        await using var proxy = ProxyUnderTest.Start(transport, options => options with { MaxConnections = 1 }, loggers: loggers);
        await proxy.BeginAsync(Get);

        using var second = await proxy.ConnectAsync();
        await second.ReadHeadAsync();
        using var third = await proxy.ConnectAsync();
        await third.ReadHeadAsync();
        await proxy.Server.DisposeAsync();

        var refused = loggers.Log.MessagesFrom(LogLevel.Warning)
            .Where(message => message.StartsWith("connection refused", StringComparison.Ordinal));
        Assert.That(refused, Is.EqualTo(new[]
        {
            "connection refused: TooManyConnections, from 127.0.0.1",
            "connection refused: TooManyConnections: 1 more in 10 s, the last from 127.0.0.1",
        }));
    }

    [Test]
    public void Fault_of_ours_is_an_error_however_often_it_happens()
    {
        var logger = new RecordingLogger();
        var clock = new ManualTimeProvider();
        using var log = new ExchangeLog(logger, clock);
        for (var number = 0; number < 3; number++)
        {
            log.ConnectionFailed(new InvalidOperationException("a bug"));
        }

        clock.Advance(LogThrottle.Interval);

        Assert.That(logger.MessagesFrom(LogLevel.Error), Is.EqualTo(new[]
        {
            "a client connection failed because of an internal error",
            "client connections failed because of an internal error: InternalError (InvalidOperationException): 2 more in 10 s",
        }));
    }

    private static TestCaseData Bad(string request, int status, string reason) =>
        new TestCaseData(request, status, reason).SetArgDisplayNames(Latin1.Escape(request), reason);

    private async Task<string> LogLineOfAsync(AccessLogFormat format, string request)
    {
        var sink = new LineSink();
        await using var proxy = ProxyUnderTest.Start(
            transport, options => options with { AccessLog = sink, AccessLogFormat = format });
        proxy.Slot.Switch(null);
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(request);
        await client.ReadHeadAsync();
        return await sink.TakeAsync();
    }
}
