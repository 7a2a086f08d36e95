using System.Diagnostics;

namespace WunderProxy.Forwarding.Http1;

/// <summary>
/// Follows a chunked body (RFC 9112 section 7.1) as it streams, either to forward its bytes unchanged
/// (<see cref="Scan"/>) or to extract its payload (<c>Next</c>), with or without its trailers. A decoder serves one body
/// and is used in one of these ways.
/// </summary>
/// <remarks>
/// Lines are judged whole: the caller leaves an unfinished line in its input and passes it again with more bytes. The
/// caller's buffer has to hold <see cref="LongestLineBytes"/>.
/// </remarks>
internal struct ChunkedDecoder
{
    /// <summary>Length in bytes, with CRLF, of the longest line for which the decoder waits.</summary>
    public const int LongestLineBytes = MaxTrailerLineBytes + 2;

    /// <summary>Largest length of a trailer line without its CRLF, in bytes.</summary>
    public const int MaxTrailerLineBytes = 8 * 1024;

    /// <summary>Most hexadecimal digits of a chunk size, leading zeros included: as many as 2^63 - 1 has.</summary>
    public const int MaxSizeDigits = 16;

    /// <summary>
    /// Bytes by which chunk extensions may exceed the data sent so far. Without this bound each byte of data could cost
    /// a recipient hundreds of bytes to read (CVE-2023-39326).
    /// </summary>
    public const int MaxExtensionDebtBytes = 16 * 1024;

    private readonly int _maxTrailerBytes;
    private readonly int _maxTrailerCount;
    private readonly MessageHead? _head;
    private State _state;
    private long _remainingBytes;
    private long _extensionDebtBytes;
    private int _trailerBytes;
    private int _trailerCount;

    /// <summary>Creates a decoder that stands before the first chunk-size line.</summary>
    /// <param name="limits">Limits of header bytes and lines, which apply to the trailers too.</param>
    /// <param name="head">The head of the same message, whose Connection may name trailers; null if there is none.</param>
    public ChunkedDecoder(in HeadLimits limits, MessageHead? head = null)
    {
        _head = head;
        _maxTrailerBytes = limits.MaxHeaderBytes;
        _maxTrailerCount = limits.MaxHeaderCount;
        RewrittenSize = -1;
    }

    private enum State
    {
        /// <summary>Next comes a chunk-size line.</summary>
        Size,

        /// <summary>Next comes chunk data, of which <see cref="_remainingBytes"/> are missing.</summary>
        Data,

        /// <summary>Next comes the CRLF that ends chunk data.</summary>
        DataEnd,

        /// <summary>Next comes a trailer line, or the empty line that ends the body.</summary>
        Trailers,

        /// <summary>The body has ended; no further bytes belong to it.</summary>
        Complete,
    }

    /// <summary>Whether the last byte of the body has been seen.</summary>
    public readonly bool IsComplete => _state == State.Complete;

    /// <summary>Why the body was refused; <see cref="ChunkRejection.None"/> while the body is valid.</summary>
    public ChunkRejection Rejection { get; private set; }

    /// <summary>
    /// After <see cref="ChunkScanStatus.Rewrite"/>: length in bytes of the line to leave out, which follows the
    /// verbatim bytes.
    /// </summary>
    public int SkipBytes { get; private set; }

    /// <summary>
    /// After <see cref="ChunkScanStatus.Rewrite"/>: the chunk size to write on a line of its own in place of a line
    /// with extensions, or -1 if the line was a forbidden trailer, which nothing replaces.
    /// </summary>
    public long RewrittenSize { get; private set; }

    /// <summary>Finds how many bytes of the input may be forwarded unchanged.</summary>
    /// <param name="input">Bytes that follow those of the calls before.</param>
    /// <param name="verbatimBytes">
    /// Number of valid bytes at the start of the input: chunk data as it comes, lines only when complete. The caller
    /// forwards and consumes them, unless the status is <see cref="ChunkScanStatus.Rejected"/>.
    /// </param>
    /// <remarks>
    /// On <see cref="ChunkScanStatus.Rewrite"/> consume <see cref="SkipBytes"/> more, write
    /// <see cref="RewrittenSize"/> unless it is -1, and call again with the rest of the input.
    /// </remarks>
    public ChunkScanStatus Scan(ReadOnlySpan<byte> input, out int verbatimBytes)
    {
        verbatimBytes = 0;
        SkipBytes = 0;
        while (_state != State.Complete)
        {
            var status = Step(input[verbatimBytes..], out var length, out var isRewritten);
            if (status != ParseStatus.Done)
            {
                return status == ParseStatus.NeedMore ? ChunkScanStatus.NeedMore : ChunkScanStatus.Rejected;
            }

            if (isRewritten)
            {
                SkipBytes = length;
                return ChunkScanStatus.Rewrite;
            }

            verbatimBytes += length;
        }

        return ChunkScanStatus.Done;
    }

    /// <summary>Finds the next run of payload in the input; trailers are checked and dropped.</summary>
    /// <param name="input">Bytes that follow those consumed before.</param>
    /// <param name="consumed">
    /// Number of input bytes to consume, also when the status is <see cref="ParseStatus.NeedMore"/>.
    /// </param>
    /// <param name="payload">A range of <paramref name="input"/>; when it is not empty, call again with the rest.</param>
    public ParseStatus Next(ReadOnlySpan<byte> input, out int consumed, out Range payload)
    {
        consumed = 0;
        payload = default;
        while (_state != State.Complete)
        {
            var isData = _state == State.Data;
            var status = Step(input[consumed..], out var length, out _);
            if (status != ParseStatus.Done)
            {
                return status;
            }

            var start = consumed;
            consumed += length;
            if (isData)
            {
                payload = start..consumed;
                return ParseStatus.NeedMore;
            }
        }

        return ParseStatus.Done;
    }

    /// <summary>Finds the next run of payload or the next trailer line in the input; forbidden trailers are dropped.</summary>
    /// <param name="input">Bytes that follow those consumed before.</param>
    /// <param name="consumed">
    /// Number of input bytes to consume, also when the status is <see cref="ParseStatus.NeedMore"/>.
    /// </param>
    /// <param name="payload">A range of <paramref name="input"/>; when it is not empty, call again with the rest.</param>
    /// <param name="trailer">
    /// A line with its end, as a range of <paramref name="input"/>; when it is not empty, call again with the rest.
    /// </param>
    public ParseStatus Next(ReadOnlySpan<byte> input, out int consumed, out Range payload, out Range trailer)
    {
        consumed = 0;
        payload = default;
        trailer = default;
        while (_state != State.Complete)
        {
            var before = _state;
            var status = Step(input[consumed..], out var length, out var isDropped);
            if (status != ParseStatus.Done)
            {
                return status;
            }

            var part = consumed..(consumed + length);
            consumed += length;
            if (before == State.Data)
            {
                payload = part;
                return ParseStatus.NeedMore;
            }

            if (before == State.Trailers && _state == State.Trailers && !isDropped)
            {
                trailer = part;
                return ParseStatus.NeedMore;
            }
        }

        return ParseStatus.Done;
    }

    // The only place where the state moves: Size -> Data -> DataEnd -> Size ..., Size -> Trailers -> Complete.
    private ParseStatus Step(ReadOnlySpan<byte> input, out int length, out bool isRewritten)
    {
        isRewritten = false;
        switch (_state)
        {
            case State.Size:
                return ReadSizeLine(input, out length, out isRewritten);
            case State.Data:
                return ReadData(input, out length);
            case State.DataEnd:
                return ReadDataEnd(input, out length);
            case State.Trailers:
                return ReadTrailer(input, out length, out isRewritten);
            default:
                throw new UnreachableException();
        }
    }

    private ParseStatus ReadSizeLine(ReadOnlySpan<byte> input, out int length, out bool isRewritten)
    {
        isRewritten = false;
        var status = ChunkSizeLine.Parse(
            input, out var size, out var extensionBytes, out length, out var rejection);
        if (status != ParseStatus.Done)
        {
            return status == ParseStatus.Rejected ? Reject(rejection) : status;
        }

        _extensionDebtBytes = Math.Max(0, _extensionDebtBytes + extensionBytes - Math.Min(size, MaxExtensionDebtBytes));
        if (_extensionDebtBytes > MaxExtensionDebtBytes)
        {
            return Reject(ChunkRejection.ExtensionsTooLong);
        }

        isRewritten = extensionBytes > 0;
        RewrittenSize = size;
        _remainingBytes = size;
        _state = size == 0 ? State.Trailers : State.Data;
        return ParseStatus.Done;
    }

    private ParseStatus ReadData(ReadOnlySpan<byte> input, out int length)
    {
        length = (int)Math.Min(input.Length, _remainingBytes);
        if (length == 0)
        {
            return ParseStatus.NeedMore;
        }

        _remainingBytes -= length;
        _state = _remainingBytes == 0 ? State.DataEnd : State.Data;
        return ParseStatus.Done;
    }

    private ParseStatus ReadDataEnd(ReadOnlySpan<byte> input, out int length)
    {
        length = 2;
        if (input.IsEmpty || input is [Grammar.Cr])
        {
            return ParseStatus.NeedMore;
        }

        if (!input.StartsWith("\r\n"u8))
        {
            return Reject(ChunkRejection.BadDataEnd);
        }

        _state = State.Size;
        return ParseStatus.Done;
    }

    private ParseStatus ReadTrailer(ReadOnlySpan<byte> input, out int length, out bool isRewritten)
    {
        isRewritten = false;
        length = 2;
        if (input.IsEmpty || input is [Grammar.Cr])
        {
            return ParseStatus.NeedMore;
        }

        if (input[0] == Grammar.Cr)
        {
            return EndBody(input[1]);
        }

        var windowBytes = Math.Min(input.Length, Math.Min(LongestLineBytes, _maxTrailerBytes - _trailerBytes));
        var status = FieldLineParser.Parse(input[..windowBytes], 0, out var field, out var fault);
        if (status == ParseStatus.NeedMore)
        {
            return windowBytes < input.Length ? Reject(ChunkRejection.TrailersTooLarge) : status;
        }

        if (status == ParseStatus.Rejected)
        {
            var isLineEnd = fault is FieldFault.BareCr or FieldFault.BareLf;
            return Reject(isLineEnd ? ChunkRejection.BareLineEnd : ChunkRejection.BadTrailer);
        }

        return TakeTrailer(in field, input[..field.NameLength], out length, out isRewritten);
    }

    private ParseStatus EndBody(byte behindCr)
    {
        if (behindCr != Grammar.Lf)
        {
            return Reject(ChunkRejection.BareLineEnd);
        }

        _state = State.Complete;
        return ParseStatus.Done;
    }

    private ParseStatus TakeTrailer(in HeaderField field, ReadOnlySpan<byte> name, out int length, out bool isRewritten)
    {
        length = field.LineEnd;
        _trailerBytes += length;
        isRewritten = TrailerRules.IsForbidden(in field, name, _head);
        RewrittenSize = -1;
        return ++_trailerCount <= _maxTrailerCount ? ParseStatus.Done : Reject(ChunkRejection.TrailersTooLarge);
    }

    private ParseStatus Reject(ChunkRejection rejection)
    {
        Rejection = rejection;
        return ParseStatus.Rejected;
    }
}
