using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Exchanges.Bodies;

/// <summary>Judges the bytes of a body as they come and says which of them to send; writes what has to be framed anew.</summary>
internal sealed class BodyFramer
{
    // Below this a copy into the output's block is cheaper than a send call of its own.
    private const int MaxCopiedBytes = 2 * 1024;

    private PipeWriter? _writer;
    private BodyOutput _output;
    private ChunkedDecoder _chunks;
    private WebSocketFrames _frames;
    private bool _closeRequested;

    /// <summary>How the end of the body is known.</summary>
    public BodyKind Kind { get; private set; }

    /// <summary>Bytes of a body of known length that are still to be taken.</summary>
    public long RemainingBytes { get; private set; }

    /// <summary>Why a chunked body was refused.</summary>
    public ChunkRejection Rejection => _chunks.Rejection;

    /// <summary>Bytes that were written to the output, and not named to be sent.</summary>
    public long CopiedBytes { get; private set; }

    /// <summary>Whether a body that ends with the connection needs a last chunk then.</summary>
    public bool NeedsLastChunk => Kind == BodyKind.UntilClose && _output == BodyOutput.Chunked;

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        _writer = null;
        CopiedBytes = 0;
    }

    /// <summary>Starts the body of the message with this head.</summary>
    public void Prepare(PipeWriter writer, BodyFraming framing, BodyOutput output, in HeadLimits limits, MessageHead head)
    {
        _writer = writer;
        _output = output;
        RemainingBytes = framing.Length;
        _chunks = new ChunkedDecoder(limits, head);
        _frames = default;
        _closeRequested = false;
        Kind = framing.Kind;
        CopiedBytes = 0;
    }

    /// <summary>Bytes of a body of known length were taken by somebody else.</summary>
    public void Skip(long bytes) => RemainingBytes -= bytes;

    /// <summary>Has a WebSocket closed with 1012 at the end of the message that is under way; what follows is dropped.</summary>
    public void RequestClose() => _closeRequested = true;

    /// <summary>Writes the Close frame if it is wanted and no message is under way.</summary>
    public void WriteCloseIfDue()
    {
        if (_closeRequested && !_frames.IsClosed && _frames.IsAtMessageEnd)
        {
            _frames.IsClosed = true;
            _writer!.Write(WebSocketFrames.ServiceRestart);
            CopiedBytes += WebSocketFrames.ServiceRestart.Length;
        }
    }

    /// <summary>Judges input.</summary>
    /// <param name="input">What follows the bytes consumed before; all of it in one piece if the body is chunked.</param>
    /// <param name="consumed">Bytes dealt with.</param>
    /// <param name="direct">Those to be sent as they are, behind what was written to the output.</param>
    public TakeStatus Take(ReadOnlySpan<byte> input, out int consumed, out Range direct) => (Kind, _output) switch
    {
        (BodyKind.Length, _) => TakeLength(input, out consumed, out direct),
        (BodyKind.Chunked, BodyOutput.AsIs) => TakeChunks(input, out consumed, out direct),
        (BodyKind.Chunked, _) => TakePayload(input, out consumed, out direct),
        (BodyKind.UntilClose, BodyOutput.Chunked) => TakeAsChunk(input, out consumed, out direct),
        (BodyKind.UntilClose, BodyOutput.WebSocket) => TakeFrames(input, out consumed, out direct),
        (BodyKind.UntilClose, _) => TakeAll(input, out consumed, out direct),
        _ => throw new UnreachableException("there is a body"),
    };

    private TakeStatus TakeLength(ReadOnlySpan<byte> input, out int consumed, out Range direct)
    {
        consumed = (int)Math.Min(input.Length, RemainingBytes);
        direct = ..consumed;
        RemainingBytes -= consumed;
        return RemainingBytes == 0 ? TakeStatus.Complete : TakeStatus.NeedMore;
    }

    private static TakeStatus TakeAll(ReadOnlySpan<byte> input, out int consumed, out Range direct)
    {
        consumed = input.Length;
        direct = ..;
        return TakeStatus.NeedMore;
    }

    private TakeStatus TakeFrames(ReadOnlySpan<byte> input, out int consumed, out Range direct)
    {
        consumed = input.Length;
        direct = default;
        if (_frames.IsClosed)
        {
            return TakeStatus.NeedMore;
        }

        var passed = _frames.Advance(input, _closeRequested);
        direct = ..passed;
        if (_closeRequested && _frames.IsAtMessageEnd)
        {
            Copy(input[..passed]);
            direct = default;
            WriteCloseIfDue();
        }

        return TakeStatus.NeedMore;
    }

    private TakeStatus TakeAsChunk(ReadOnlySpan<byte> input, out int consumed, out Range direct)
    {
        // Copied, so that data and line end leave in one send: a client may wait for the whole chunk.
        var writer = new HeadWriter(_writer!);
        writer.ChunkSize(input.Length);
        writer.Write(input);
        writer.Write("\r\n"u8);
        writer.Flush();
        CopiedBytes += input.Length;
        consumed = input.Length;
        direct = default;
        return TakeStatus.NeedMore;
    }

    private TakeStatus TakeChunks(ReadOnlySpan<byte> input, out int consumed, out Range direct)
    {
        consumed = 0;
        while (true)
        {
            var status = _chunks.Scan(input[consumed..], out var verbatimBytes);
            direct = consumed..(consumed + verbatimBytes);
            consumed += verbatimBytes;
            switch (status)
            {
                case ChunkScanStatus.NeedMore:
                    return TakeStatus.NeedMore;
                case ChunkScanStatus.Done:
                    return TakeStatus.Complete;
                case ChunkScanStatus.Rejected:
                    return TakeStatus.Malformed;
            }

            Copy(input[direct]);
            if (_chunks.RewrittenSize >= 0)
            {
                var writer = new HeadWriter(_writer!);
                writer.ChunkSize(_chunks.RewrittenSize);
                writer.Flush();
            }

            consumed += _chunks.SkipBytes;
        }
    }

    private TakeStatus TakePayload(ReadOnlySpan<byte> input, out int consumed, out Range direct)
    {
        consumed = 0;
        while (true)
        {
            var status = _chunks.Next(input[consumed..], out var taken, out var payload);
            var (start, length) = payload.GetOffsetAndLength(input.Length - consumed);
            direct = (consumed + start)..(consumed + start + length);
            consumed += taken;
            switch (status)
            {
                case ParseStatus.Done:
                    return TakeStatus.Complete;
                case ParseStatus.Rejected:
                    return TakeStatus.Malformed;
                case ParseStatus.NeedMore when length == 0:
                    return TakeStatus.NeedMore;
            }

            if (length > MaxCopiedBytes)
            {
                return TakeStatus.Again;
            }

            Copy(input[direct]);
            direct = default;
        }
    }

    private void Copy(ReadOnlySpan<byte> bytes)
    {
        _writer!.Write(bytes);
        CopiedBytes += bytes.Length;
    }
}
