using System.Text;
using WunderProxy.LoadClient;

namespace WunderProxy.IntegrationTests.LoadClient;

[Parallelizable(ParallelScope.All)]
internal sealed class ResponseReaderTests
{
    private const string HelloDigest = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    private static readonly TestCaseData[] CompleteResponses =
    [
        new("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", true),
        new("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nA: b\r\n\r\n", true),
        new("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello", false),
        new("HTTP/1.1 200 OK\r\n\r\nhello", false),
        new("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", false),
        new("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", true),
    ];

    [TestCaseSource(nameof(CompleteResponses))]
    public async Task Complete_response_is_read_whole_however_it_is_cut(string bytes, bool canReuse)
    {
        for (var cut = 1; cut < bytes.Length; cut++)
        {
            using var stream = new CutStream(Encoding.Latin1.GetBytes(bytes), cut);

            var response = await new ResponseReader(stream).ReadAsync(CancellationToken.None);

            Assert.That(response.BodyDigest, Is.EqualTo(HelloDigest), $"cut at {cut}");
            Assert.That(response.CanReuse, Is.EqualTo(canReuse), $"cut at {cut}");
        }
    }

    [TestCase("gzip", "H4sIAAAAAAACA8tIzcnJBwCGphA2BQAAAA==")]
    [TestCase("br", "CwKAaGVsbG8D")]
    public async Task Compressed_response_is_known_by_its_decoded_content(string coding, string content)
    {
        var body = Convert.FromBase64String(content);
        byte[] bytes = [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {body.Length}\r\n\r\n"), .. body];
        using var stream = new CutStream(bytes, bytes.Length / 2);

        var response = await new ResponseReader(stream).ReadAsync(CancellationToken.None);

        Assert.That((response.BodyBytes, response.BodyDigest), Is.EqualTo((5, HelloDigest)));
    }

    [TestCase("")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n")]
    public async Task Response_cut_short_is_a_reset(string bytes)
    {
        using var stream = new CutStream(Encoding.Latin1.GetBytes(bytes), bytes.Length);

        var failure = await Assert.ThrowsAsync<RequestFailedException>(
            async () => await new ResponseReader(stream).ReadAsync(CancellationToken.None));

        Assert.That(failure!.Kind, Is.EqualTo(FailureKind.Reset));
    }

    [TestCase("ICY 200 OK\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nhello\r\n0\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhello\r\n0\r\n\r\n")]
    public async Task Malformed_response_is_a_wrong_body(string bytes)
    {
        using var stream = new CutStream(Encoding.Latin1.GetBytes(bytes), bytes.Length);

        var failure = await Assert.ThrowsAsync<RequestFailedException>(
            async () => await new ResponseReader(stream).ReadAsync(CancellationToken.None));

        Assert.That(failure!.Kind, Is.EqualTo(FailureKind.Body));
    }

    [Test]
    public async Task Second_response_on_a_connection_begins_where_the_first_ended()
    {
        var bytes = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n\r\nb";
        using var stream = new CutStream(Encoding.Latin1.GetBytes(bytes), bytes.Length);
        var reader = new ResponseReader(stream);

        var first = await reader.ReadAsync(CancellationToken.None);
        var second = await reader.ReadAsync(CancellationToken.None);

        Assert.That((first.Status, first.BodyStart, second.Status, second.BodyStart), Is.EqualTo((200, "a", 404, "b")));
    }

    /// <summary>Gives its bytes in two reads.</summary>
    private sealed class CutStream(byte[] bytes, int cut) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var limit = Position < cut ? (int)(cut - Position) : int.MaxValue;
            return base.ReadAsync(buffer[..int.Min(limit, buffer.Length)], cancellationToken);
        }
    }
}
