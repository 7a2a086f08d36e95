using WunderProxy.Forwarding.Exchanges.Compression;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Tests.Http1;

namespace WunderProxy.Forwarding.Tests.Exchanges.Compression;

[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class CompressionRulesTests
{
    private const string Html = "Content-Type: text/html\r\n";

    [TestCase("text/html", true)]
    [TestCase("Text/HTML; charset=utf-8", true)]
    [TestCase("text/css ; x=y", true)]
    [TestCase("text/event-stream", false)]
    [TestCase("text/event-stream; charset=utf-8", false)]
    [TestCase("TEXT/Event-Stream", false)]
    [TestCase("text/", false)]
    [TestCase("text", false)]
    [TestCase("application/json", true)]
    [TestCase("application/problem+json", true)]
    [TestCase("application/x-ndjson", true)]
    [TestCase("application/xml", true)]
    [TestCase("application/atom+xml", true)]
    [TestCase("image/svg+xml", true)]
    [TestCase("application/javascript", true)]
    [TestCase("application/x-javascript", true)]
    [TestCase("application/wasm", true)]
    [TestCase("+json", false)]
    [TestCase("application/jsonp", false)]
    [TestCase("application/octet-stream", false)]
    [TestCase("image/png", false)]
    [TestCase("font/woff2", false)]
    [TestCase("multipart/x-mixed-replace; boundary=a", false)]
    [TestCase("", false)]
    [TestCase(";", false)]
    public void Type_decides(string type, bool isText)
    {
        Assert.That(CompressionRules.IsText(Latin1.Bytes(type)), Is.EqualTo(isText));
        Assert.That(IsCompressible($"200 OK\r\nContent-Type: {type}\r\n"), Is.EqualTo(isText));
    }

    [TestCase(-1, true)]
    [TestCase(0, false)]
    [TestCase(1023, false)]
    [TestCase(1024, true)]
    public void Length_decides(long length, bool isCompressible) =>
        Assert.That(IsCompressible("200 OK\r\n" + Html, length), Is.EqualTo(isCompressible));

    [TestCase(200, true)]
    [TestCase(404, true)]
    [TestCase(500, true)]
    [TestCase(204, false)]
    [TestCase(205, false)]
    [TestCase(206, false)]
    [TestCase(304, false)]
    public void Status_decides(int status, bool isCompressible) =>
        Assert.That(IsCompressible($"{status} X\r\n{Html}"), Is.EqualTo(isCompressible));

    [TestCase("Content-Encoding: gzip")]
    [TestCase("Content-Encoding: identity")]
    [TestCase("Content-Encoding:")]
    [TestCase("Content-Range: bytes 0-1/2")]
    [TestCase("Cache-Control: public, No-Transform")]
    [TestCase("Cache-Control: public\r\nCache-Control: no-transform")]
    [TestCase("Trailer: X")]
    [TestCase("Digest: sha-256=x")]
    [TestCase("content-digest: sha-256=:x:")]
    [TestCase("Repr-Digest: sha-256=:x:")]
    [TestCase("Content-MD5: x")]
    [TestCase("Content-Type: text/html")]
    public void Line_forbids(string line) => Assert.That(IsCompressible($"200 OK\r\n{Html}{line}\r\n"), Is.False);

    [Test]
    public void Response_without_a_type_is_left_alone() => Assert.That(IsCompressible("200 OK\r\nA: b\r\n"), Is.False);

    private static bool IsCompressible(string head, long length = -1)
    {
        var response = new ResponseHead();
        HeadParser.ParseResponse(Latin1.Bytes($"HTTP/1.1 {head}\r\n"), HeadLimits.Default, response, out _, out _);
        return CompressionRules.IsCompressible(response, length);
    }
}
