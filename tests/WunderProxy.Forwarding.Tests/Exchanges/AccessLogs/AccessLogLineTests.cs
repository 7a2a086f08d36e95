using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Tests.Exchanges.Tracing;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Tests.Exchanges.AccessLogs;

/// <summary>What a line says about an exchange, with a clock that is moved by hand.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed partial class AccessLogLineTests
{
    private const string Get = "GET /a?b=c HTTP/1.1\r\nHost: shop.test:8080\r\nUser-Agent: test/1\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    private const string Upgrade = "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    private const string Switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";

    [Test]
    public async Task Json_has_the_names_of_OpenTelemetry()
    {
        var (proxy, sink) = Start(AccessLogFormat.Json, served: new ApplicationOptions { Name = "shop" });
        proxy.Slot.Switch(new Upstream(new IPEndPoint(IPAddress.Loopback, 1), "0123abcd", proxy.Clock) { Revision = "r42" });
        var (_, upstream) = proxy.Begin(
            $"POST /a?b=c HTTP/1.1\r\nHost: shop.test:8080\r\nUser-Agent: test/1\r\nX-Request-ID: id-7\r\n"
            + $"traceparent: 00-{Trace}-b7ad6b7169203331-01\r\nContent-Length: 3\r\n\r\nabc");
        proxy.Send(upstream, Ok);

        using var json = JsonDocument.Parse(await EndAsync(proxy, sink));

        var line = json.RootElement;
        Assert.Multiple(() =>
        {
            Assert.That(line.GetProperty("timestamp").GetDateTimeOffset(), Is.EqualTo(proxy.Clock.GetUtcNow()));
            Assert.That(line.GetProperty("http.request.method").GetString(), Is.EqualTo("POST"));
            Assert.That(line.GetProperty("url.scheme").GetString(), Is.EqualTo("http"));
            Assert.That(line.GetProperty("server.address").GetString(), Is.EqualTo("shop.test"));
            Assert.That(line.GetProperty("server.port").GetInt32(), Is.EqualTo(8080));
            Assert.That(line.GetProperty("url.path").GetString(), Is.EqualTo("/a"));
            Assert.That(line.GetProperty("url.query").GetString(), Is.EqualTo("b=c"));
            Assert.That(line.GetProperty("http.response.status_code").GetInt32(), Is.EqualTo(200));
            Assert.That(line.GetProperty("http.request.body.size").GetInt32(), Is.EqualTo(3));
            Assert.That(line.GetProperty("http.response.body.size").GetInt32(), Is.EqualTo(5));
            Assert.That(line.GetProperty("user_agent.original").GetString(), Is.EqualTo("test/1"));
            Assert.That(line.GetProperty("network.protocol.version").GetString(), Is.EqualTo("1.1"));
            Assert.That(line.GetProperty("http.request.id").GetString(), Is.EqualTo("id-7"));
            Assert.That(line.GetProperty("trace_id").GetString(), Is.EqualTo(Trace));
            Assert.That(line.GetProperty("wp.app").GetString(), Is.EqualTo("shop"));
            Assert.That(line.GetProperty("wp.revision").GetString(), Is.EqualTo("r42"));
            Assert.That(line.GetProperty("wp.config").GetString(), Is.EqualTo("0123abcd"));
            Assert.That(line.GetProperty("wp.epoch").GetInt32(), Is.EqualTo(2), "the second upstream of the slot");
            Assert.That(line.GetProperty("wp.upstream").GetString(), Is.EqualTo("127.0.0.1:1"));
            Assert.That(line.GetProperty("wp.end").GetString(), Is.EqualTo("ok"));
            Assert.That(line.TryGetProperty("error.type", out _), Is.False);
        });
    }

    [Test]
    public async Task Text_keeps_its_first_keys_in_their_places()
    {
        var (proxy, sink) = Start(AccessLogFormat.Text, served: new ApplicationOptions { Name = "shop" });
        var (_, upstream) = proxy.Begin(Get);
        proxy.Send(upstream, Ok);

        var line = await EndAsync(proxy, sink);

        Assert.That(line, Does.Match(
            "^time=2026-01-01T00:00:00.000Z client=\\S+ method=GET host=shop.test:8080 path=/a\\?b=c status=200 bytes=\\d+ "
            + "duration=0.000000 upstream=127.0.0.1:1 end=ok bytes_in=\\d+ app=shop\n$"));
    }

    [Test]
    public async Task Time_is_divided_among_the_phases()
    {
        var (proxy, sink) = Start(AccessLogFormat.Text);
        proxy.Served.Pause();
        var client = proxy.Connect();
        proxy.Send(client, "GET / HTTP/1.1\r\n");
        Pass(proxy, 7);
        proxy.Send(client, "Host: a\r\n\r\n");
        Pass(proxy, 20);
        proxy.Served.Resume();
        proxy.Loop.RunUntilIdle();
        Pass(proxy, 30);
        var upstream = proxy.Upstreams[^1];
        proxy.Send(upstream, Ok[..^1]);
        Pass(proxy, 40);
        proxy.Send(upstream, Ok[^1..]);

        Assert.That(
            await EndAsync(proxy, sink),
            Does.Contain(" duration=0.090000 ").And.Contain(" header_ms=7.000 queue_ms=20.000 ttfb_ms=30.000 upstream_ms=40.000\n"));
    }

    [Test]
    public async Task Upgraded_connection_is_logged_when_it_opens_and_when_it_closes()
    {
        var (proxy, sink) = Start(AccessLogFormat.Text, options => options with { AccessLogSample = 0 });
        var (client, upstream) = proxy.Begin(Upgrade);
        proxy.Send(upstream, Switching);
        Pass(proxy, 250);
        var open = await EndAsync(proxy, sink);
        proxy.Send(upstream, "\u0088\u0002\u0003\u00e8");
        Pass(proxy, 3_000);
        proxy.Loop.Run(() =>
        {
            client.ShutdownSend();
            upstream.ShutdownSend();
        });

        var close = await EndAsync(proxy, sink);

        Assert.That(open, Does.Contain(" status=101 ").And.Contain(" end=ok ").And.Contain(" upgrade=open\n"));
        Assert.That(close, Does.Contain(" status=101 ").And.Contain(" duration=3.").And.Contain(" upgrade=close close_code=1000\n"));
        Assert.That(Bytes(close), Is.EqualTo(Bytes(open) + 4));
    }

    [TestCase("GET /x HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel", "upstream_reset", true)]
    [TestCase("GET /x HTTP/1.1\r\nHost: a\r\n\r\n", "bad", "upstream_reset", true)]
    [TestCase("GET /x HTTP/1.1\r\nHo st: a\r\n\r\n", "", "proxy", false)]
    [TestCase("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "", "proxy", false)]
    public async Task Line_says_who_ended_the_exchange(string request, string answer, string expected, bool ends)
    {
        var (proxy, sink) = Start(AccessLogFormat.Text);
        var client = proxy.Connect();
        proxy.Send(client, request);
        if (ends)
        {
            proxy.Send(proxy.Upstreams[^1], answer);
            proxy.Loop.Run(() => proxy.Upstreams[^1].Abort());
        }

        Assert.That(await EndAsync(proxy, sink), Does.Contain($" end={expected} "));
    }

    [Test]
    public async Task Upstream_that_is_too_slow_is_named()
    {
        var (proxy, sink) = Start(AccessLogFormat.Text);
        proxy.Begin(Get);
        proxy.Pass(TimeSpan.FromSeconds(61));

        Assert.That(await EndAsync(proxy, sink), Does.Contain(" status=504 ").And.Contain(" end=upstream_timeout "));
    }

    [TestCase(0, 0)]
    [TestCase(0.1, 10)]
    [TestCase(1, 100)]
    public async Task Share_of_what_went_well_is_logged_and_every_failure(double share, int expected)
    {
        var (proxy, sink) = Start(AccessLogFormat.Text, options => options with { AccessLogSample = share });
        for (var i = 0; i < 100; i++)
        {
            var (_, upstream) = proxy.Begin(Get.Replace("/a", $"/ok{i}", StringComparison.Ordinal));
            proxy.Send(upstream, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }

        for (var i = 0; i < 5; i++)
        {
            var (_, upstream) = proxy.Begin(Get.Replace("/a", $"/failed{i}", StringComparison.Ordinal));
            proxy.Send(upstream, "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }

        var lines = await sink.TakeAllAsync(proxy);

        Assert.That(lines.Count(line => line.Contains(" path=/ok", StringComparison.Ordinal)), Is.EqualTo(expected));
        Assert.That(lines.Count(line => line.Contains(" path=/failed", StringComparison.Ordinal)), Is.EqualTo(5));
    }

    [TestCase("X-Forwarded-For: 203.0.113.7", "203.0.113.7", true)]
    [TestCase("X-Forwarded-For: 198.51.100.1, 203.0.113.7", "203.0.113.7", true)]
    [TestCase("X-Forwarded-For: 198.51.100.1\r\nX-Forwarded-For: [2001:db8::1]:80", "[2001:db8::1]:80", true)]
    [TestCase("X-Forwarded-For: 203.0.113.7, evil end=forged", null, true)]
    [TestCase("X-Forwarded-For: ", null, true)]
    [TestCase("X-Forwarded-For: 203.0.113.7", null, false)]
    public async Task Client_is_the_one_that_a_trusted_proxy_saw(string line, string? expected, bool isTrusted)
    {
        foreach (var format in Enum.GetValues<AccessLogFormat>())
        {
            var (proxy, sink) = Start(format, options => options with { TrustNobody = !isTrusted });
            proxy.Slot.Switch(null);
            proxy.Send(proxy.Connect(new IPEndPoint(IPAddress.Loopback, 7)), $"GET / HTTP/1.1\r\nHost: a\r\n{line}\r\n\r\n");

            var logged = await EndAsync(proxy, sink);

            if (format == AccessLogFormat.Json)
            {
                using var json = JsonDocument.Parse(logged);
                Assert.That(json.RootElement.GetProperty("client.address").GetString(), Is.EqualTo(expected ?? "127.0.0.1"));
                Assert.That(json.RootElement.GetProperty("network.peer.address").GetString(), Is.EqualTo("127.0.0.1"));
            }
            else
            {
                Assert.That(logged, Does.Contain(" client=127.0.0.1 "));
                Assert.That(logged.Contains(" forwarded_for=", StringComparison.Ordinal), Is.EqualTo(expected is not null));
                Assert.That(logged, expected is null ? Does.Not.Contain("203.0.113.7") : Does.Contain($" forwarded_for={expected}"));
            }
        }
    }

    [TestCase("id-7", true, "id-7")]
    [TestCase("~!", true, "~!")]
    [TestCase("a b", false, "a\\x20b")]
    [TestCase("a\u00e9", false, "a\\xe9")]
    [TestCase("", false, null)]
    [TestCase("128", true, "128")]
    [TestCase("129", false, "128")]
    public async Task Request_id_is_logged_as_a_trusted_proxy_sent_it_and_of_others_only_if_it_is_legal(
        string id, bool isLegal, string? expected)
    {
        static string? Lengthen(string? text) => text is "128" or "129" ? new string('x', int.Parse(text, CultureInfo.InvariantCulture)) : text;
        foreach (var isTrusted in new[] { true, false })
        {
            var (proxy, sink) = Start(AccessLogFormat.Text, options => options with { TrustNobody = !isTrusted });
            var client = proxy.Connect(new IPEndPoint(IPAddress.Loopback, 7));
            proxy.Send(client, $"GET / HTTP/1.1\r\nHost: a\r\nX-Request-ID: {Lengthen(id)}\r\n\r\n");
            var head = proxy.Received(proxy.Upstreams.Single());
            proxy.Send(proxy.Upstreams.Single(), Ok);

            var line = await EndAsync(proxy, sink);

            var isShown = expected is not null && (isTrusted || isLegal);
            Assert.That(line, isShown ? Does.EndWith($" request_id={Lengthen(expected)}\n") : Does.Not.Contain("request_id"));
            Assert.That(head, Does.Contain($"X-Request-ID: {Lengthen(id)}\r\n"), "passes on as it is");
        }
    }

    [Test]
    public async Task Epoch_is_that_of_the_lease_also_when_the_upstream_is_switched_back_to()
    {
        var (proxy, sink) = Start(AccessLogFormat.Json);
        var old = new Upstream(new IPEndPoint(IPAddress.Loopback, 1), "old", proxy.Clock) { Revision = "r1" };
        var next = new Upstream(new IPEndPoint(IPAddress.Loopback, 2), "new", proxy.Clock) { Revision = "r2" };
        proxy.Slot.Switch(old);
        var (_, upstream) = proxy.Begin(Get);
        proxy.Slot.Switch(next);
        proxy.Slot.Switch(old);
        proxy.Slot.Switch(old);
        var (_, again) = proxy.Begin(Get);

        proxy.Send(upstream, Ok);
        var first = await EndAsync(proxy, sink);
        proxy.Send(again, Ok);
        var second = await EndAsync(proxy, sink);

        Assert.That(first, Does.Contain("\"wp.revision\":\"r1\",\"wp.config\":\"old\",\"wp.epoch\":2,"));
        Assert.That(second, Does.Contain("\"wp.revision\":\"r1\",\"wp.config\":\"old\",\"wp.epoch\":4,"));
    }

    [TestCase("GET /evil HTTP/1.1\r\nHo st: evil\r\n\r\n", 400)]
    [TestCase("GET /evil HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400)]
    [TestCase("GET /evil HTTP/1.1\r\nHost:", 408)]
    public async Task Refused_head_is_logged_with_its_bytes_and_the_time_that_it_took(string request, int status)
    {
        var (proxy, sink) = Start(AccessLogFormat.Json);
        var client = proxy.Connect();
        proxy.Send(client, request[..10]);
        Pass(proxy, 1_000);
        proxy.Send(client, request[10..]);
        Pass(proxy, status == 408 ? 15_000 : 0);

        using var json = JsonDocument.Parse(await EndAsync(proxy, sink));

        var line = json.RootElement;
        Assert.That(line.GetProperty("http.response.status_code").GetInt32(), Is.EqualTo(status));
        Assert.That(line.GetProperty("wp.bytes_in").GetInt32(), Is.EqualTo(request.Length));
        Assert.That(line.GetProperty("wp.bytes_out").GetInt64(), Is.Positive);
        Assert.That(line.GetProperty("wp.t.header").GetDouble(), Is.EqualTo(status == 408 ? 15_000 : 1_000).Within(1_000));
        Assert.That($"{line}", Does.Not.Contain("evil"));
    }

    [Test]
    public async Task Refused_request_that_has_a_span_is_logged_with_its_ids()
    {
        EndedSpans.Listen();
        var (proxy, sink) = Start(AccessLogFormat.Json, options => options with { Traces = new SpanOptions(FollowsParent: true, 1) });
        proxy.Send(proxy.Connect(new IPEndPoint(IPAddress.Parse("192.0.2.91"), 7)), "GET / HTTP/1.1\r\nHo st: a\r\n\r\n");

        var line = await EndAsync(proxy, sink);

        var span = EndedSpans.RequestFrom("192.0.2.91")!;
        Assert.That(line, Does.Contain($"\"trace_id\":\"{span.TraceId}\",\"span_id\":\"{span.SpanId}\""));
    }

    [Test]
    public async Task Slow_exchange_is_logged_whatever_the_share()
    {
        var (proxy, sink) = Start(AccessLogFormat.Text, options => options with { AccessLogSample = 0 });
        var (_, upstream) = proxy.Begin(Get);
        Pass(proxy, 1_000);
        proxy.Send(upstream, Ok);

        Assert.That(await EndAsync(proxy, sink), Does.Contain(" duration=1.000000 "));
    }

    [Test]
    public async Task Instances_agree_about_a_trace()
    {
        List<string>[] seen = [[], []];
        for (var instance = 0; instance < seen.Length; instance++)
        {
            var (proxy, sink) = Start(AccessLogFormat.Text, options => options with { AccessLogSample = 0.3 });
            for (var i = 0; i < 200; i++)
            {
                // Evenly spread over the random bits of the id.
                var id = $"{1:x16}{(ulong)i * (ulong.MaxValue / 200):x16}";
                var (_, upstream) = proxy.Begin($"GET / HTTP/1.1\r\nHost: a\r\ntraceparent: 00-{id}-b7ad6b7169203331-00\r\n\r\n");
                proxy.Send(upstream, "HTTP/1.1 204 No\r\nConnection: close\r\n\r\n");
            }

            seen[instance].AddRange((await sink.TakeAllAsync(proxy)).Select(line => TraceOf().Match(line).Value));
        }

        Assert.That(seen[0], Is.EqualTo(seen[1]));
        Assert.That(seen[0], Has.Count.InRange(40, 80).And.All.Not.Empty);
    }

    [Test]
    public async Task No_byte_of_a_client_ends_a_line_or_makes_a_key([Values] AccessLogFormat format)
    {
        string[] places =
        [
            "GET /{0}x HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /?{0}=y HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /?token=z{0}z HTTP/1.1\r\nHost: a\r\n\r\n",
            "GE{0}T / HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a{0}b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: x{0}status=1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nX-Request-ID: x{0}\",\"wp.end\":\"forged\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nX-Request-ID: x{0} end=forged\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\ntraceparent: 00-{0}-b7ad6b7169203331-01\r\n\r\n",
        ];
        var (proxy, sink) = Start(format);
        proxy.Slot.Switch(null);
        var sent = 0;
        foreach (var place in places)
        {
            for (var octet = 0; octet < 256; octet++)
            {
                proxy.Send(proxy.Connect(), place.Replace("{0}", $"{(char)octet}", StringComparison.Ordinal));
                sent++;
            }
        }

        var lines = await sink.TakeAllAsync(proxy);

        // A line feed in a request line makes two requests of one, of which the first is refused.
        Assert.That(lines, Has.Count.EqualTo(sent));
        foreach (var line in lines)
        {
            Assert.That(line[..^1], Does.Match("^[ -~]+$"));
            if (format == AccessLogFormat.Json)
            {
                using var json = JsonDocument.Parse(line);
                var names = json.RootElement.EnumerateObject().Select(property => property.Name).ToArray();
                Assert.That(names, Is.Unique.And.All.Match("^(timestamp|duration|trace_id|(http|url|server|user_agent|client|network|wp|error|tls)[.][a-z_.]+)$"));
                Assert.That(json.RootElement.GetProperty("wp.end").GetString(), Is.Not.EqualTo("forged"));
            }
            else
            {
                Assert.That(line[..^1].Split(' ').Select(pair => pair[..pair.IndexOf('=', StringComparison.Ordinal)]), Is.Unique, line);
                Assert.That(line, Does.Not.Contain(" end=forged"));
            }
        }
    }

    [Test]
    public async Task Longest_line_fits_into_a_batch([Values] AccessLogFormat format)
    {
        var quotes = new string('"', 7_900);
        var (proxy, sink) = Start(
            format,
            options => options with { Limits = new ForwarderLimits { MaxRequestHeadBytes = 64 * 1024 } },
            new ApplicationOptions { Name = new string('\u0001', 200) });
        proxy.Slot.Switch(null);
        proxy.Send(proxy.Connect(), $"GET /{quotes} HTTP/1.1\r\nHost: {new string('a', 5_000)}\r\nUser-Agent: {quotes}\r\nX-Request-ID: {quotes}\r\n\r\n");

        var line = await EndAsync(proxy, sink);

        Assert.That(line, Does.EndWith("\n"));
        Assert.That(proxy.AccessLog!.Dropped, Is.Zero);
    }

    private static (MemoryProxy Proxy, MemoryLineSink Sink) Start(
        AccessLogFormat format, Func<ForwarderOptions, ForwarderOptions>? configure = null, ApplicationOptions? served = null)
    {
        var sink = new MemoryLineSink();
        var proxy = new MemoryProxy(
            options => (configure ?? (same => same))(options with { AccessLog = sink, AccessLogFormat = format }), served: served);
        return (proxy, sink);
    }

    private static Task<string> EndAsync(MemoryProxy proxy, MemoryLineSink sink)
    {
        proxy.Loop.Run(() => proxy.Context.AccessLog!.HandOver());
        return sink.TakeAsync();
    }

    private static void Pass(MemoryProxy proxy, int milliseconds) => proxy.Pass(TimeSpan.FromMilliseconds(milliseconds));

    private static long Bytes(string line) => long.Parse(BytesOf().Match(line).Groups["n"].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(" bytes=(?<n>[0-9]+) ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex BytesOf();

    [GeneratedRegex("(?<=trace=)[0-9a-f]{32}", RegexOptions.None, 1000)]
    private static partial Regex TraceOf();
}
