using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Tests.Http1;

/// <summary>Properties over generated messages; a counterexample is printed with its seed.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class HeadPropertyTests
{
    private const string TokenLetters = "abcXYZ019-_!#$%&'*+.^`|~";

    private static readonly Gen<string> Token =
        Gen.Elements(TokenLetters.ToCharArray()).NonEmptyListOf().Select(letters => string.Concat(letters));

    private static readonly Gen<string> Value =
        Gen.Choose(0x20, 0xFF).Where(code => code != 0x7F).Select(code => (char)code).ListOf()
            .Select(letters => string.Concat(letters).Trim(' '));

    private static readonly Gen<List<(string Name, string Value)>> Lines =
        Token.SelectMany(name => Value.Select(value => ("X-" + name, value))).ListOf().Select(lines => lines.Take(100).ToList());

    private static readonly Gen<byte[]> Payload = Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf();

    [Test]
    public void What_is_written_is_read_again()
    {
        Prop.ForAll(Lines.ToArbitrary(), lines =>
        {
            var written = Write(lines);
            var head = new RequestHead();

            var status = HeadParser.ParseRequest(written, HeadLimits.Default, head, out var consumed, out _);

            return status == ParseStatus.Done && consumed == written.Length && Read(head).SequenceEqual(lines);
        }).QuickCheckThrowOnFailure();
    }

    [Test]
    public void Copied_lines_are_the_lines_that_came()
    {
        Prop.ForAll(Lines.ToArbitrary(), lines =>
        {
            var head = new RequestHead();
            HeadParser.ParseRequest(Write(lines), HeadLimits.Default, head, out _, out _);
            var output = new ArrayBufferWriter<byte>();
            var writer = new HeadWriter(output);

            writer.RequestLine("PUT"u8, "/t"u8);
            writer.Fields(head, HeaderFlags.None);
            writer.End();
            writer.Flush();

            return output.WrittenSpan.SequenceEqual(head.Bytes);
        }).QuickCheckThrowOnFailure();
    }

    [Test]
    public void Chunks_of_any_size_give_back_the_payload_at_any_split()
    {
        Gen<(byte[] Payload, int Size, int First, int Second)> cases =
            from payload in Payload
            from size in Gen.Choose(1, 40)
            from first in Gen.Choose(0, 200)
            from second in Gen.Choose(0, 200)
            select (payload, size, first, second);

        Prop.ForAll(cases.ToArbitrary(), given =>
        {
            var body = WriteChunked(given.Payload, given.Size);
            var first = Math.Min(given.First, body.Length);
            var second = Math.Clamp(given.Second, first, body.Length);

            var scanned = ChunkedReplay.Scan(body, first, second);
            var read = ChunkedReplay.Read(body, first, second);

            return scanned == new ChunkedReplay(Latin1.Text(body), true, body.Length, ChunkRejection.None)
                && read == new ChunkedReplay(Latin1.Text(given.Payload), true, body.Length, ChunkRejection.None);
        }).QuickCheckThrowOnFailure();
    }

    private static byte[] Write(IEnumerable<(string Name, string Value)> lines)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new HeadWriter(output);
        writer.RequestLine("PUT"u8, "/t"u8);
        writer.Field(HeaderName.Host, "h"u8);
        foreach ((var name, var value) in lines)
        {
            writer.Field(Latin1.Bytes(name), Latin1.Bytes(value));
        }

        writer.End();
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    private static List<(string Name, string Value)> Read(RequestHead head)
    {
        List<(string, string)> lines = [];
        foreach (ref readonly var field in head.Fields[1..])
        {
            lines.Add((Latin1.Text(head.NameOf(in field)), Latin1.Text(head.ValueOf(in field))));
        }

        return lines;
    }

    private static byte[] WriteChunked(byte[] payload, int chunkBytes)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new HeadWriter(output);
        foreach (var chunk in payload.Chunk(chunkBytes))
        {
            writer.ChunkSize(chunk.Length);
            writer.Write(chunk);
            writer.Write("\r\n"u8);
        }

        writer.ChunkSize(0);
        writer.Field("X-T"u8, "1"u8);
        writer.End();
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }
}
