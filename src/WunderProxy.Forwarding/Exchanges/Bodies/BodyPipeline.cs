using System.Buffers;
using System.IO.Pipelines;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Exchanges.Bodies;

/// <summary>
/// The way of one body's bytes through decoder, filter and encoder. Judges bytes as they come and says which of them to
/// send unchanged; writes what has to be framed anew or has passed a filter. Without a filter most bytes are not even
/// copied.
/// </summary>
internal sealed class BodyPipeline
{
    // Below this size a copy into the output's block is cheaper than a send call of its own.
    private const int MaxCopiedBytes = 2 * 1024;

    // Input, framing included, after which the caller of a filter gives way, and most payload in one call of the filter,
    // which may take long over it. Payload alone would not bound a turn: a chunk of one byte is a call as well.
    private const int FilteredBytesInTurn = 16 * 1024;

    private readonly FilteredBytes _filtered = new();
    private PipeWriter? _writer;
    private BodyOutput _output;
    private BodyDecoder _decoder;
    private BodyFilter? _filter;
    private WebSocketFrames _frames;
    private bool _closeRequested;

    /// <summary>
    /// The status code of the Close frame of a WebSocket, the proxy's own (1012) included; 0 if there was none.
    /// </summary>
    public int CloseCode => _frames.IsClosed ? WebSocketFrames.ServiceRestartCode : _frames.CloseCode;

    /// <summary>How the end of the body is known.</summary>
    public BodyKind Kind => _decoder.Kind;

    /// <summary>Bytes of a body of known length that are still to be taken.</summary>
    public long RemainingBytes => _decoder.RemainingBytes;

    /// <summary>Why a chunked body was refused.</summary>
    public ChunkRejection Rejection => _decoder.Rejection;

    /// <summary>Whether the bytes of the body pass unchanged, so that the process need not see them.</summary>
    public bool IsUntouched => _filter is null;

    /// <summary>Number of bytes written to the output, in addition to those that the caller was told to send.</summary>
    public long CopiedBytes { get; private set; }

    /// <summary>Prepares the pipeline for the next body.</summary>
    public void Reset()
    {
        _writer = null;
        CopiedBytes = 0;
        ReleaseFilter();
    }

    /// <summary>Starts a body: how it comes, how it goes, and what changes it on the way.</summary>
    /// <param name="writer">Receives the body.</param>
    /// <param name="framing">How the body comes.</param>
    /// <param name="limits">Bounds of trailers.</param>
    /// <param name="head">The head of the message, whose Connection may name trailers.</param>
    /// <param name="output">
    /// How the body is encoded for the receiver; with a filter never unchanged, but bare or in chunks.
    /// </param>
    /// <param name="filter">Changes the payload; null for no filter.</param>
    public void Prepare(
        PipeWriter writer,
        in BodyFraming framing,
        in HeadLimits limits,
        MessageHead head,
        BodyOutput output,
        BodyFilter? filter)
    {
        _writer = writer;
        _decoder = new BodyDecoder(framing, limits, head);
        _output = output;
        _filter = filter;
        _frames = default;
        _closeRequested = false;
        CopiedBytes = 0;
    }

    /// <summary>Changes where the body goes from here on.</summary>
    public void Redirect(PipeWriter writer) => _writer = writer;

    /// <summary>Counts bytes of a body of known length that other code has taken.</summary>
    public void Skip(long bytes) => _decoder.Skip(bytes);

    /// <summary>Makes the WebSocket close with 1012 after the message in progress; what follows is dropped.</summary>
    public void RequestClose() => _closeRequested = true;

    /// <summary>Writes the Close frame if it was requested and no message is in progress.</summary>
    public void WriteCloseIfDue()
    {
        if (_closeRequested && !_frames.IsClosed && _frames.IsAtMessageEnd)
        {
            _frames.IsClosed = true;
            _writer!.Write(WebSocketFrames.ServiceRestart);
            CopiedBytes += WebSocketFrames.ServiceRestart.Length;
        }
    }

    /// <summary>
    /// Takes bytes of the body as they came: finds the payload, and writes or names what the receiver gets of it.
    /// </summary>
    /// <param name="input">The input after the bytes consumed before; in one piece if the body is chunked.</param>
    /// <param name="consumed">Number of input bytes to consume.</param>
    /// <param name="direct">The part of the input to send unchanged, after what was written to the output.</param>
    public TakeStatus Take(ReadOnlySpan<byte> input, out int consumed, out Range direct)
    {
        if (_filter is { } filter)
        {
            return TakeFiltered(filter, input, out consumed, out direct);
        }

        return (_decoder.Kind, _output) switch
        {
            (BodyKind.Chunked, BodyOutput.AsIs) => TakeChunks(input, out consumed, out direct),
            (BodyKind.Chunked, _) => TakePayload(input, out consumed, out direct),
            (BodyKind.UntilClose, BodyOutput.Chunked) => TakeAsChunk(input, out consumed, out direct),
            (BodyKind.UntilClose, BodyOutput.WebSocket) => TakeFrames(input, out consumed, out direct),
            _ => _decoder.Next(input, out consumed, out direct),
        };
    }

    /// <summary>Makes a filter write what it kept, because the sender has nothing more at present.</summary>
    public void Flush()
    {
        if (_filter is { } filter)
        {
            filter.Flush(_filtered);
            EncodeFiltered();
        }
    }

    /// <summary>
    /// Writes what a filter kept, and the last chunk if the receiver needs one, because the payload is complete. The
    /// filter is released at once: the receiver may take long to accept what was written.
    /// </summary>
    public void End()
    {
        if (_filter is { } filter)
        {
            filter.End(_filtered);
            EncodeFiltered();
            ReleaseFilter();
        }

        if (_output == BodyOutput.Chunked)
        {
            _writer!.Write("0\r\n\r\n"u8);
        }
    }

    private void ReleaseFilter()
    {
        if (_filter is { } filter)
        {
            _filter = null;
            _filtered.Release();
            filter.Release();
        }
    }

    private TakeStatus TakeFiltered(BodyFilter filter, ReadOnlySpan<byte> input, out int consumed, out Range direct)
    {
        consumed = 0;
        direct = default;
        var windowBytes = FilteredBytesInTurn;
        while (consumed < FilteredBytesInTurn)
        {
            var rest = input[consumed..];
            var window = rest[..Math.Min(rest.Length, windowBytes)];
            var status = _decoder.Next(window, out var taken, out var range);
            if (status == TakeStatus.Malformed)
            {
                return status;
            }

            var payload = window[range];
            consumed += taken;
            if (!payload.IsEmpty)
            {
                filter.Write(payload, _filtered);
                EncodeFiltered();
            }

            if (status == TakeStatus.Complete)
            {
                End();
                return status;
            }

            if (!payload.IsEmpty)
            {
                windowBytes = FilteredBytesInTurn;
            }
            else if (window.Length == rest.Length)
            {
                return status;
            }
            else
            {
                // The window ends within a line of the framing.
                windowBytes += FilteredBytesInTurn;
            }
        }

        return TakeStatus.Again;
    }

    private void EncodeFiltered()
    {
        if (_filtered.Written is { IsEmpty: false } bytes)
        {
            Encode(bytes);
            _filtered.Clear();
        }
    }

    private void Encode(ReadOnlySpan<byte> payload)
    {
        if (_output == BodyOutput.Chunked)
        {
            WriteChunk(payload);
        }
        else
        {
            Copy(payload);
        }
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
        WriteChunk(input);
        consumed = input.Length;
        direct = default;
        return TakeStatus.NeedMore;
    }

    private TakeStatus TakeChunks(ReadOnlySpan<byte> input, out int consumed, out Range direct)
    {
        consumed = 0;
        while (true)
        {
            var status = _decoder.Scan(input[consumed..], out var verbatimBytes);
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
            if (_decoder.RewrittenSize >= 0)
            {
                var writer = new HeadWriter(_writer!);
                writer.ChunkSize(_decoder.RewrittenSize);
                writer.Flush();
            }

            consumed += _decoder.SkipBytes;
        }
    }

    private TakeStatus TakePayload(ReadOnlySpan<byte> input, out int consumed, out Range direct)
    {
        consumed = 0;
        while (true)
        {
            var status = _decoder.Next(input[consumed..], out var taken, out var payload);
            var (start, length) = payload.GetOffsetAndLength(input.Length - consumed);
            direct = (consumed + start)..(consumed + start + length);
            consumed += taken;
            if (status != TakeStatus.NeedMore || length == 0)
            {
                return status;
            }

            if (length > MaxCopiedBytes)
            {
                return TakeStatus.Again;
            }

            Copy(input[direct]);
            direct = default;
        }
    }

    private void WriteChunk(ReadOnlySpan<byte> payload)
    {
        // Copied, so that data and line end are sent together: a client may wait for the whole chunk.
        var writer = new HeadWriter(_writer!);
        writer.ChunkSize(payload.Length);
        writer.WriteInParts(payload);
        writer.Write("\r\n"u8);
        writer.Flush();
        CopiedBytes += payload.Length;
    }

    private void Copy(ReadOnlySpan<byte> bytes)
    {
        _writer!.Write(bytes);
        CopiedBytes += bytes.Length;
    }
}
