using System.Diagnostics;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Exchanges.Bodies;

/// <summary>Finds the payload of one body in the bytes as its sender framed them.</summary>
/// <param name="framing">How the end of the body is known.</param>
/// <param name="limits">Limits of trailers.</param>
/// <param name="head">The head of the message, whose Connection may name trailers.</param>
internal struct BodyDecoder(in BodyFraming framing, in HeadLimits limits, MessageHead head)
{
    private ChunkedDecoder _chunks = new(limits, head);

    /// <summary>How the end of the body is known.</summary>
    public BodyKind Kind { get; } = framing.Kind;

    /// <summary>Bytes of a body of known length that are still to be taken.</summary>
    public long RemainingBytes { get; private set; } = framing.Length;

    /// <summary>Why a chunked body was refused.</summary>
    public readonly ChunkRejection Rejection => _chunks.Rejection;

    /// <summary>After <see cref="Scan"/> has asked for a rewrite: number of input bytes to leave out.</summary>
    public readonly int SkipBytes => _chunks.SkipBytes;

    /// <summary>
    /// After <see cref="Scan"/> has asked for a rewrite: the chunk size to write on a line of its own, or -1 for none.
    /// </summary>
    public readonly long RewrittenSize => _chunks.RewrittenSize;

    /// <summary>Counts bytes of a body of known length that other code has taken.</summary>
    public void Skip(long bytes) => RemainingBytes -= bytes;

    /// <summary>Finds the next run of payload.</summary>
    /// <param name="input">The input after the bytes consumed before; in one piece if the body is chunked.</param>
    /// <param name="consumed">Number of input bytes to consume.</param>
    /// <param name="payload">A range of <paramref name="input"/>; when it is not empty, call again with the rest.</param>
    public TakeStatus Next(ReadOnlySpan<byte> input, out int consumed, out Range payload)
    {
        switch (Kind)
        {
            case BodyKind.Length:
                consumed = (int)Math.Min(input.Length, RemainingBytes);
                payload = ..consumed;
                RemainingBytes -= consumed;
                return RemainingBytes == 0 ? TakeStatus.Complete : TakeStatus.NeedMore;
            case BodyKind.UntilClose:
                consumed = input.Length;
                payload = ..consumed;
                return TakeStatus.NeedMore;
            case BodyKind.Chunked:
                return StatusOf(_chunks.Next(input, out consumed, out payload));
            default:
                throw new UnreachableException("there is a body");
        }
    }

    /// <summary>Finds the next run of payload, or the next trailer line.</summary>
    /// <param name="input">The input after the bytes consumed before; in one piece if the body is chunked.</param>
    /// <param name="consumed">Number of input bytes to consume.</param>
    /// <param name="payload">A range of <paramref name="input"/>; when it is not empty, call again with the rest.</param>
    /// <param name="trailer">
    /// A line with its end, as a range of <paramref name="input"/>; when it is not empty, call again with the rest.
    /// </param>
    public TakeStatus Next(ReadOnlySpan<byte> input, out int consumed, out Range payload, out Range trailer)
    {
        trailer = default;
        return Kind == BodyKind.Chunked
            ? StatusOf(_chunks.Next(input, out consumed, out payload, out trailer))
            : Next(input, out consumed, out payload);
    }

    /// <summary>Finds how much of a chunked body may be forwarded unchanged, framing and trailers included.</summary>
    public ChunkScanStatus Scan(ReadOnlySpan<byte> input, out int verbatimBytes) => _chunks.Scan(input, out verbatimBytes);

    private static TakeStatus StatusOf(ParseStatus status) => status switch
    {
        ParseStatus.Done => TakeStatus.Complete,
        ParseStatus.Rejected => TakeStatus.Malformed,
        _ => TakeStatus.NeedMore,
    };
}
