using System.Text;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Tests.Http1;

/// <summary>Feeds a chunked body in pieces, as a connection would, and collects what comes out.</summary>
/// <param name="Forwarded">What was passed on, or the payload.</param>
/// <param name="IsComplete">Whether the body ended.</param>
/// <param name="Consumed">Bytes of input dealt with.</param>
/// <param name="Rejection">Why it was refused.</param>
internal sealed record ChunkedReplay(string Forwarded, bool IsComplete, int Consumed, ChunkRejection Rejection)
{
    /// <summary>Scans as a forwarder does; the input arrives up to each of the cuts in turn.</summary>
    public static ChunkedReplay Scan(ReadOnlySpan<byte> input, params ReadOnlySpan<int> cuts)
    {
        var decoder = new ChunkedDecoder(HeadLimits.Default);
        var output = new StringBuilder();
        var consumed = 0;
        var status = ChunkScanStatus.NeedMore;
        for (var turn = 0; turn <= cuts.Length && status == ChunkScanStatus.NeedMore; turn++)
        {
            var arrived = turn < cuts.Length ? input[..cuts[turn]] : input;
            do
            {
                status = decoder.Scan(arrived[consumed..], out var verbatim);
                if (status == ChunkScanStatus.Rejected)
                {
                    break;
                }

                output.Append(Latin1.Text(arrived.Slice(consumed, verbatim)));
                consumed += verbatim + decoder.SkipBytes;
                if (status == ChunkScanStatus.Rewrite && decoder.RewrittenSize >= 0)
                {
                    output.Append(System.Globalization.CultureInfo.InvariantCulture, $"{decoder.RewrittenSize:x}\r\n");
                }
            }
            while (status == ChunkScanStatus.Rewrite);
        }

        return new ChunkedReplay(output.ToString(), decoder.IsComplete, consumed, decoder.Rejection);
    }

    /// <summary>Takes payload and trailers out; the input arrives up to each of the cuts in turn.</summary>
    public static (ChunkedReplay Payload, string Trailers) ReadParts(ReadOnlySpan<byte> input, params ReadOnlySpan<int> cuts)
    {
        var decoder = new ChunkedDecoder(HeadLimits.Default);
        var (output, trailers) = (new StringBuilder(), new StringBuilder());
        var consumed = 0;
        var status = ParseStatus.NeedMore;
        for (var turn = 0; turn <= cuts.Length && status == ParseStatus.NeedMore; turn++)
        {
            var arrived = turn < cuts.Length ? input[..cuts[turn]] : input;
            bool hasPart;
            do
            {
                var rest = arrived[consumed..];
                status = decoder.Next(rest, out var taken, out var payload, out var trailer);
                output.Append(Latin1.Text(rest[payload]));
                trailers.Append(Latin1.Text(rest[trailer]));
                hasPart = !rest[payload].IsEmpty || !rest[trailer].IsEmpty;
                consumed += taken;
            }
            while (hasPart);
        }

        return (new ChunkedReplay(output.ToString(), decoder.IsComplete, consumed, decoder.Rejection), trailers.ToString());
    }

    /// <summary>Takes the payload out; the input arrives up to each of the cuts in turn.</summary>
    public static ChunkedReplay Read(ReadOnlySpan<byte> input, params ReadOnlySpan<int> cuts)
    {
        var decoder = new ChunkedDecoder(HeadLimits.Default);
        var output = new StringBuilder();
        var consumed = 0;
        var status = ParseStatus.NeedMore;
        for (var turn = 0; turn <= cuts.Length && status == ParseStatus.NeedMore; turn++)
        {
            var arrived = turn < cuts.Length ? input[..cuts[turn]] : input;
            bool hasPayload;
            do
            {
                var rest = arrived[consumed..];
                status = decoder.Next(rest, out var taken, out var payload);
                output.Append(Latin1.Text(rest[payload]));
                hasPayload = !rest[payload].IsEmpty;
                consumed += taken;
            }
            while (hasPayload);
        }

        return new ChunkedReplay(output.ToString(), decoder.IsComplete, consumed, decoder.Rejection);
    }
}
