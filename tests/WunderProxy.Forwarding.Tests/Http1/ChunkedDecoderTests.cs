using System.Diagnostics;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Tests.Http1;

[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class ChunkedDecoderTests
{
    [TestCaseSource(typeof(ChunkedDecoderCases), nameof(ChunkedDecoderCases.Accepted))]
    public void Accepted_body_is_passed_on_at_any_split(ChunkedCase row)
    {
        var input = Latin1.Bytes(row.Input + "GET /next");
        var expected = new ChunkedReplay(row.Forwarded ?? row.Input, true, row.Input.Length, ChunkRejection.None);

        for (var cut = 0; cut <= row.Input.Length; cut++)
        {
            Assert.That(ChunkedReplay.Scan(input, cut), Is.EqualTo(expected), () => $"cut at {cut}");
        }
    }

    [TestCaseSource(typeof(ChunkedDecoderCases), nameof(ChunkedDecoderCases.Accepted))]
    public void Accepted_body_gives_its_payload_at_any_split(ChunkedCase row)
    {
        var input = Latin1.Bytes(row.Input + "GET /next");
        var expected = new ChunkedReplay(row.Payload, true, row.Input.Length, ChunkRejection.None);

        for (var cut = 0; cut <= row.Input.Length; cut++)
        {
            Assert.That(ChunkedReplay.Read(input, cut), Is.EqualTo(expected), () => $"cut at {cut}");
        }
    }

    [TestCaseSource(typeof(ChunkedDecoderCases), nameof(ChunkedDecoderCases.Accepted))]
    public void Accepted_body_gives_its_payload_and_its_trailers_at_any_split(ChunkedCase row)
    {
        var input = Latin1.Bytes(row.Input + "GET /next");
        var expected = new ChunkedReplay(row.Payload, true, row.Input.Length, ChunkRejection.None);
        var whole = ChunkedReplay.ReadParts(input);

        Assert.That(row.Forwarded ?? row.Input, Does.EndWith($"\r\n{whole.Trailers}\r\n"));
        for (var cut = 0; cut <= row.Input.Length; cut++)
        {
            Assert.That(ChunkedReplay.ReadParts(input, cut), Is.EqualTo((expected, whole.Trailers)), () => $"cut at {cut}");
        }
    }

    [TestCaseSource(typeof(ChunkedDecoderCases), nameof(ChunkedDecoderCases.Accepted))]
    public void Accepted_body_is_not_complete_before_its_last_byte(ChunkedCase row)
    {
        var input = Latin1.Bytes(row.Input);

        for (var length = 0; length < input.Length; length++)
        {
            var replay = ChunkedReplay.Scan(input.AsSpan(0, length));
            Assert.That((replay.IsComplete, replay.Rejection), Is.EqualTo((false, ChunkRejection.None)));
        }
    }

    [TestCaseSource(typeof(ChunkedDecoderCases), nameof(ChunkedDecoderCases.Rejected))]
    public void Rejected_body_never_completes_at_any_split(ChunkedCase row)
    {
        var input = Latin1.Bytes(row.Input);

        for (var cut = 0; cut <= input.Length; cut++)
        {
            var scanned = ChunkedReplay.Scan(input, cut);
            var read = ChunkedReplay.Read(input, cut);
            var (parts, _) = ChunkedReplay.ReadParts(input, cut);
            Assert.That((scanned.IsComplete, scanned.Rejection), Is.EqualTo((false, row.Rejection)), () => $"cut at {cut}");
            Assert.That((read.IsComplete, read.Rejection), Is.EqualTo((false, row.Rejection)), () => $"cut at {cut}");
            Assert.That((parts.IsComplete, parts.Rejection), Is.EqualTo((false, row.Rejection)), () => $"cut at {cut}");
        }
    }

    [Test]
    public void Flood_of_extensions_with_little_data_is_refused()
    {
        var input = Latin1.Bytes(string.Concat(Enumerable.Repeat("1;" + new string('e', 200) + "\r\nx\r\n", 100)));

        Assert.That(ChunkedReplay.Scan(input).Rejection, Is.EqualTo(ChunkRejection.ExtensionsTooLong));
        Assert.That(ChunkedReplay.Scan(input.AsSpan(0, 80 * 207)).Rejection, Is.EqualTo(ChunkRejection.None));
    }

    [Test]
    public void Extensions_are_paid_for_by_the_data_they_come_with()
    {
        var chunk = new string('x', 256) + "\r\n";
        var input = Latin1.Bytes(string.Concat(Enumerable.Repeat("100;" + new string('e', 255) + "\r\n" + chunk, 100)));

        var replay = ChunkedReplay.Scan(input);

        Assert.That(replay.Rejection, Is.EqualTo(ChunkRejection.None));
        Assert.That(replay.Forwarded, Is.EqualTo(string.Concat(Enumerable.Repeat("100\r\n" + chunk, 100))));
    }

    [Test]
    public void Body_byte_by_byte_is_passed_on_whole()
    {
        var input = "5;a=\"b\"\r\nhello\r\n3\r\nabc\r\n0\r\nHost: x\r\nX-T: 1\r\n\r\n"u8.ToArray();
        int[] cuts = [.. Enumerable.Range(0, input.Length)];

        Assert.Multiple(() =>
        {
            Assert.That(ChunkedReplay.Scan(input, cuts).Forwarded, Is.EqualTo("5\r\nhello\r\n3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n"));
            Assert.That(ChunkedReplay.Read(input, cuts).Forwarded, Is.EqualTo("helloabc"));
            Assert.That(ChunkedReplay.ReadParts(input, cuts).Payload.Forwarded, Is.EqualTo("helloabc"));
            Assert.That(ChunkedReplay.ReadParts(input, cuts).Trailers, Is.EqualTo("X-T: 1\r\n"));
        });
    }

    [Test]
    public void Many_tiny_chunks_are_judged_in_one_call()
    {
        var input = Latin1.Bytes(string.Concat(Enumerable.Repeat("1\r\nx\r\n", 1000)));
        var decoder = new ChunkedDecoder(HeadLimits.Default);

        var status = decoder.Scan(input, out var verbatim);

        Assert.That((status, verbatim), Is.EqualTo((ChunkScanStatus.NeedMore, input.Length)));
    }

    [Test]
    public void Chunk_larger_than_any_buffer_streams_through()
    {
        var decoder = new ChunkedDecoder(HeadLimits.Default);
        decoder.Scan("7fffffffffffffff\r\n"u8, out _);

        var status = decoder.Scan(new byte[100_000], out var verbatim);

        Assert.That((status, verbatim), Is.EqualTo((ChunkScanStatus.NeedMore, 100_000)));
    }

    [Test]
    public void Completed_body_takes_nothing_more()
    {
        var decoder = new ChunkedDecoder(HeadLimits.Default);
        decoder.Scan("0\r\n\r\n"u8, out _);

        Assert.Multiple(() =>
        {
            Assert.That(decoder.Scan("5\r\n"u8, out var verbatim), Is.EqualTo(ChunkScanStatus.Done));
            Assert.That(verbatim, Is.Zero);
            Assert.That(decoder.Next("5\r\n"u8, out var consumed, out _), Is.EqualTo(ParseStatus.Done));
            Assert.That(consumed, Is.Zero);
        });
    }

    [Test]
    public void Waiting_line_is_left_in_the_input()
    {
        var decoder = new ChunkedDecoder(HeadLimits.Default);

        var status = decoder.Scan("2\r\nab\r\n1"u8, out var verbatim);

        Assert.That((status, verbatim, decoder.IsComplete), Is.EqualTo((ChunkScanStatus.NeedMore, 7, false)));
    }

    [Test]
    public void Hostile_trailer_byte_by_byte_costs_bounded_work()
    {
        var input = Latin1.Bytes("0\r\nX: " + new string('v', 8000));
        int[] cuts = [.. Enumerable.Range(0, input.Length)];
        var start = Stopwatch.GetTimestamp();

        var replay = ChunkedReplay.Scan(input, cuts);

        Assert.That(replay.IsComplete, Is.False);
        Assert.That(Stopwatch.GetElapsedTime(start), Is.LessThan(TimeSpan.FromSeconds(5)));
    }
}
