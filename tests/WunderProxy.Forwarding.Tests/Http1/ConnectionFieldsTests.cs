using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Tests.Http1;

[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class ConnectionFieldsTests
{
    [TestCase("1.1", "", true)]
    [TestCase("1.1", "Connection: keep-alive\r\n", true)]
    [TestCase("1.1", "Connection: CLOSE\r\n", false)]
    [TestCase("1.1", "Connection: keep-alive, ,close\r\n", false)]
    [TestCase("1.1", "Connection: x\r\nConnection: close\r\n", false)]
    [TestCase("1.1", "Connection: \"close\"\r\n", true)]
    [TestCase("1.1", "Proxy-Connection: close\r\n", true)]
    [TestCase("1.0", "", false)]
    [TestCase("1.0", "Connection: Keep-Alive\r\n", true)]
    [TestCase("1.0", "Connection: Keep-Alive, close\r\n", false)]
    [TestCase("1.0", "Proxy-Connection: keep-alive\r\n", false)]
    public void Reuse_follows_version_and_options(string version, string lines, bool expected)
    {
        Assert.That(Parse(version, lines).KeepAlive, Is.EqualTo(expected));
    }

    [TestCase("Connection: X-Hop\r\nX-Hop: 1\r\nX-Stay: 1\r\n", "X-Hop")]
    [TestCase("cOnnection: x-hOP\r\nX-Hop: 1\r\nX-HOP: 2\r\n", "X-Hop, X-HOP")]
    [TestCase("Connection: keep-alive, X-Hop ,, X-Hop2\r\nX-Hop: 1\r\nX-Hop2: 2\r\n", "X-Hop, X-Hop2")]
    [TestCase("X-Early: 1\r\nConnection: X-Early\r\n", "X-Early")]
    [TestCase("Connection:\t X-Hop\t ,close\r\nX-Hop: 1\r\n", "X-Hop")]
    [TestCase("Connection: \x00e9, X-Hop\r\nX-Hop: 1\r\n", "X-Hop")]
    [TestCase("Connection: X-Hop;q=1\r\nX-Hop: 1\r\n", "")]
    [TestCase("Connection: X-Opt, Cookie\r\nCookie: a=1\r\n", "Cookie")]
    [TestCase("Connection: Trailer, Cache-Control\r\nTrailer: X-T\r\ncache-control: no-store\r\n", "Trailer, cache-control")]
    [TestCase("Proxy-Connection: X-Hop\r\nKeep-Alive: X-Hop\r\nX-Hop: 1\r\n", "")]
    public void Nominated_headers_are_for_this_connection(string lines, string expected)
    {
        var head = Parse("1.1", lines);

        Assert.That(Marked(head), Is.EqualTo(expected));
    }

    [TestCase("Host", "h")]
    [TestCase("Content-Length", "1")]
    [TestCase("Transfer-Encoding", "chunked")]
    [TestCase("X-Forwarded-For", "192.0.2.1")]
    [TestCase("x-FORWARDED-proto", "https")]
    [TestCase("X-Forwarded-Host", "h")]
    [TestCase("X-Forwarded-Port", "443")]
    [TestCase("X-Forwarded", "1")]
    [TestCase("Forwarded", "for=192.0.2.1")]
    [TestCase("X-Real-IP", "192.0.2.1")]
    [TestCase("Via", "1.1 a")]
    [TestCase("Client-IP", "192.0.2.1")]
    [TestCase("True-Client-IP", "192.0.2.1")]
    [TestCase("X-Client-IP", "192.0.2.1")]
    [TestCase("CF-Connecting-IP", "192.0.2.1")]
    [TestCase("DO-Connecting-IP", "192.0.2.1")]
    [TestCase("WL-Proxy-Client-IP", "192.0.2.1")]
    [TestCase("X-Original-URL", "/")]
    [TestCase("X-Remote-User", "ada")]
    [TestCase("X-Auth-Request-User", "ada")]
    [TestCase("traceparent", "00-1-1-01")]
    [TestCase("Origin", "http://a")]
    [TestCase("Sec-Fetch-Site", "cross-site")]
    [TestCase("Sec-Fetch-Mode", "cors")]
    [TestCase("Referer", "http://a/")]
    [TestCase("Expect", "100-continue")]
    [TestCase("Max-Forwards", "1")]
    public void Header_that_somebody_must_see_cannot_be_named_away(string name, string value)
    {
        var line = name == "Host" ? "" : $"{name}: {value}\r\n";
        foreach (var version in new[] { "1.1", "1.0" })
        {
            var head = Parse(version, $"Connection: close, {name}\r\nConnection: {name.ToUpperInvariant()} ,\r\n{line}");

            Assert.That(Marked(head), Is.Empty, version);
        }
    }

    [TestCase("1.1", "Connection: Upgrade\r\nUpgrade: websocket\r\n", true, false)]
    [TestCase("1.1", "Connection: keep-alive, UPGRADE\r\nUpgrade: foo/1.0, bar\r\n", true, false)]
    [TestCase("1.1", "Upgrade: websocket\r\n", false, false)]
    [TestCase("1.1", "Connection: Upgrade\r\n", false, false)]
    [TestCase("1.1", "Connection: Upgrade\r\nUpgrade:\r\n", false, false)]
    [TestCase("1.1", "Connection: Upgrade\r\nUpgrade: web socket\r\n", false, false)]
    [TestCase("1.1", "Connection: Upgrade\r\nUpgrade: a/\r\n", false, false)]
    [TestCase("1.1", "Connection: Upgrade\r\nUpgrade: /1\r\n", false, false)]
    [TestCase("1.1", "Connection: Upgrade\r\nUpgrade: a\r\nUpgrade: b\r\n", false, false)]
    [TestCase("1.0", "Connection: Upgrade\r\nUpgrade: websocket\r\n", false, false)]
    [TestCase("1.1", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAM\r\n", false, true)]
    [TestCase("1.1", "Connection: Upgrade\r\nUpgrade: websocket, H2C\r\n", false, true)]
    [TestCase("1.1", "Connection: Upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c-14\r\n", false, true)]
    [TestCase("1.1", "Upgrade: h2c\r\n", false, true)]
    public void Upgrade_needs_the_option_one_line_and_no_h2c(string version, string lines, bool wants, bool isH2c)
    {
        var head = Parse(version, lines);

        Assert.That((head.WantsUpgrade, head.IsH2c), Is.EqualTo((wants, isH2c)));
    }

    [Test]
    public void Upgrade_value_is_exposed()
    {
        var head = Parse("1.1", "Connection: Upgrade\r\nUpgrade: websocket\r\n");

        Assert.That(Latin1.Text(head.Upgrade), Is.EqualTo("websocket"));
    }

    [Test]
    public void Nominations_are_counted_without_empty_elements_and_options()
    {
        var options = string.Join(" , ,", Enumerable.Repeat("close", 1000).Concat(Enumerable.Repeat("x", 32)));

        Assert.That(Parse("1.1", $"Connection: {options}\r\n").KeepAlive, Is.False);
    }

    private static string Marked(RequestHead head)
    {
        List<string> marked = [];
        foreach (var field in head.Fields)
        {
            if (field.Flags.HasFlag(HeaderFlags.Nominated))
            {
                marked.Add(Latin1.Text(head.NameOf(in field)));
            }
        }

        return string.Join(", ", marked);
    }

    private static RequestHead Parse(string version, string lines)
    {
        var head = new RequestHead();
        var input = Latin1.Bytes($"GET / HTTP/{version}\r\nHost: h\r\n{lines}\r\n");
        var status = HeadParser.ParseRequest(input, HeadLimits.Default, head, out _, out var reason);
        Assert.That(status, Is.EqualTo(ParseStatus.Done), reason.ToString());
        return head;
    }
}
