using System.Buffers;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Tests.Http1;

[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class HeadWriterTests
{
    [Test]
    public void Request_head_is_written_line_by_line()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new HeadWriter(output);

        writer.RequestLine("GET"u8, "/a?b"u8);
        writer.Field(HeaderName.Host, "h"u8);
        writer.Field("X-A"u8, "1"u8);
        writer.Field(HeaderName.ContentLength, long.MaxValue);
        writer.BeginField("X-B"u8);
        writer.Write("p="u8);
        writer.Number(0);
        writer.EndField();
        writer.End();
        writer.Flush();

        Assert.That(Text(output), Is.EqualTo(
            "GET /a?b HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nContent-Length: 9223372036854775807\r\nX-B: p=0\r\n\r\n"));
    }

    [Test]
    public void Status_line_keeps_an_empty_reason()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new HeadWriter(output);

        writer.StatusLine(299, ""u8);
        writer.StatusLine(200, "OK"u8);
        writer.Flush();

        Assert.That(Text(output), Is.EqualTo("HTTP/1.1 299 \r\nHTTP/1.1 200 OK\r\n"));
    }

    [TestCase(1)]
    [TestCase(64 * 1024)]
    [TestCase(200_000)]
    public void Many_bytes_are_written_in_parts_and_in_order(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        var output = new ArrayBufferWriter<byte>();
        var writer = new HeadWriter(output);

        writer.Write("begin"u8);
        writer.WriteInParts(bytes);
        writer.Write("end"u8);
        writer.Flush();

        Assert.That(output.WrittenSpan["begin".Length..^"end".Length].SequenceEqual(bytes), Is.True);
    }

    [TestCase(0, "0\r\n")]
    [TestCase(255, "ff\r\n")]
    [TestCase(long.MaxValue, "7fffffffffffffff\r\n")]
    public void Chunk_size_is_hexadecimal(long size, string expected)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new HeadWriter(output);

        writer.ChunkSize(size);
        writer.Flush();

        Assert.That(Text(output), Is.EqualTo(expected));
    }

    [TestCase("", "")]
    [TestCase("X-A: 1\r\n", "X-A: 1\r\n")]
    [TestCase("Connection: X-H\r\nX-A:1\r\nX-B:  2 \r\nX-H: 3\r\nX-C: 4\r\n", "X-A:1\r\nX-B:  2 \r\nX-C: 4\r\n")]
    [TestCase("X-A: 1\r\nTE: trailers\r\nTE: x\r\nX-B: 2\r\nUpgrade: y\r\n", "X-A: 1\r\nX-B: 2\r\n")]
    [TestCase("Content-Length: 5\r\nX-A: 1\r\n", "X-A: 1\r\n")]
    [TestCase("X_Forwarded_For: ::1\r\nWunderproxy-Fallback: v1\r\n", "")]
    [TestCase("X-Forwarded-For: ::1\r\nVia: x\r\nX-A: 1\r\n", "X-Forwarded-For: ::1\r\nX-A: 1\r\n")]
    public void Kept_lines_are_copied_as_they_came(string lines, string expected)
    {
        var head = new RequestHead();
        var input = Latin1.Bytes($"GET / HTTP/1.1\r\nHost: h\r\n{lines}\r\n");
        HeadParser.ParseRequest(input, HeadLimits.Default, head, out _, out _);
        var output = new ArrayBufferWriter<byte>();
        var writer = new HeadWriter(output);

        writer.Fields(head, HeaderFlags.NeverForwarded, new HeaderNameSet(HeaderName.Host, HeaderName.Via));
        writer.Flush();

        Assert.That(Text(output), Is.EqualTo(expected));
    }

    [Test]
    public void Head_larger_than_the_output_block_is_written_in_several()
    {
        var output = new ArrayBufferWriter<byte>(16);
        var writer = new HeadWriter(output);
        var value = Latin1.Bytes(new string('v', 5000));

        writer.Field(HeaderName.Accept, value);
        writer.Field(HeaderName.Server, value);
        writer.Flush();

        Assert.That(Text(output), Is.EqualTo($"Accept: {Latin1.Text(value)}\r\nServer: {Latin1.Text(value)}\r\n"));
    }

    [Test]
    public void Set_of_names_has_what_it_was_made_of()
    {
        var names = new HeaderNameSet(HeaderName.Host, HeaderName.WunderproxyOther);

        Assert.Multiple(() =>
        {
            Assert.That(names.Contains(HeaderName.Host), Is.True);
            Assert.That(names.Contains(HeaderName.WunderproxyOther), Is.True);
            Assert.That(names.Contains(HeaderName.Via), Is.False);
            Assert.That(default(HeaderNameSet).Contains(HeaderName.Unknown), Is.False);
        });
    }

    private static string Text(ArrayBufferWriter<byte> output) => Latin1.Text(output.WrittenSpan);
}
