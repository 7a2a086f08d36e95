using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Transport.Tasks;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>
/// Copies one body from one connection to the other as it comes, in one direction of an exchange. The reader's memory
/// goes to the socket without a copy; only framing that has to change is written anew.
/// </summary>
internal sealed class BodyRelay
{
    // Below this a copy into the output's block is cheaper than a send call of its own.
    private const int MaxCopiedBytes = 2 * 1024;

    private readonly Exchange _exchange;
    private readonly Waits _readWait;
    private readonly Waits _writeWait;
    private readonly DirectBody _direct;
    private PipeReader? _reader;
    private PipeWriter? _writer;
    private BodyKind _kind;
    private BodyOutput _output;
    private ChunkedDecoder _chunks;
    private bool _stopRequested;
    private bool _hasWritten;

    /// <summary>A relay of one direction.</summary>
    /// <param name="exchange">What it belongs to.</param>
    /// <param name="readWait">The wait for its sender.</param>
    /// <param name="writeWait">The wait for its receiver.</param>
    public BodyRelay(Exchange exchange, Waits readWait, Waits writeWait)
    {
        _exchange = exchange;
        _readWait = readWait;
        _writeWait = writeWait;
        _direct = new DirectBody(exchange, this, readWait, writeWait);
    }

    private enum TakeStatus
    {
        NeedMore,
        Again,
        Complete,
        Malformed,
    }

    /// <summary>How it ended; none while it runs.</summary>
    public RelayEnd End { get; private set; }

    /// <summary>Bytes of a body of known length that are still to be taken.</summary>
    public long RemainingBytes { get; private set; }

    /// <summary>Bytes taken from the sender, framing included.</summary>
    public long TakenBytes { get; private set; }

    /// <summary>Bytes of the body that were passed on.</summary>
    public long PassedBytes { get; private set; }

    /// <summary>Whether the very first write failed at once: no byte has gone to the receiver.</summary>
    public bool FailedAtFirstWrite { get; private set; }

    /// <summary>Whether it has to end.</summary>
    public bool IsStopped => _stopRequested || _exchange.IsStopped;

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        _reader = null;
        _writer = null;
        End = RelayEnd.None;
        TakenBytes = 0;
        PassedBytes = 0;
        FailedAtFirstWrite = false;
        _stopRequested = false;
        _hasWritten = false;
        _direct.Reset();
    }

    /// <summary>Says what to copy.</summary>
    public void Prepare(PipeReader reader, PipeWriter writer, BodyFraming framing, BodyOutput output)
    {
        Reset();
        _reader = reader;
        _writer = writer;
        _kind = framing.Kind;
        _output = output;
        RemainingBytes = framing.Length;
        _chunks = new ChunkedDecoder(_exchange.Context.Settings.HeadLimits);
    }

    /// <summary>Makes a running relay end soon, wherever it waits.</summary>
    public void RequestStop()
    {
        _stopRequested = true;
        _exchange.Wake(_readWait | _writeWait);
    }

    /// <summary>Sends what was written; nothing more is to be copied.</summary>
    public ValueTask<RelayEnd> FlushAsync() => WriteAsync(default);

    /// <summary>A part of the body went past the relay.</summary>
    public void OnMoved(long takenBytes, long passedBytes)
    {
        RemainingBytes -= takenBytes;
        TakenBytes += takenBytes;
        PassedBytes += passedBytes;
    }

    /// <summary>Copies until the body, the exchange or one of the connections ends.</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    public async ValueTask RunAsync()
    {
        var end = RelayEnd.None;
        while (end == RelayEnd.None)
        {
            if (_direct.TryOpen(_kind, RemainingBytes))
            {
                _hasWritten = true;
                end = await _direct.RunAsync();
                continue;
            }

            var reading = _reader!.ReadAsync();
            if (!reading.IsCompleted && !await FlushBeforeWaitAsync())
            {
                _reader.CancelPendingRead();
                _reader.AdvanceTo((await reading).Buffer.Start);
                end = IsStopped ? RelayEnd.Stopped : RelayEnd.SinkBroken;
                break;
            }

            if (!reading.IsCompleted)
            {
                _exchange.BeginWait(_readWait);
            }

            var result = await reading;
            _exchange.EndWait(_readWait);
            end = IsStopped ? StopReading(result) : await PassOnAsync(result);
        }

        End = end;
        _exchange.OnRelayEnded(this);
    }

    /// <summary>Before we wait for more, what was written (a head, most often) has to be on its way.</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<bool> FlushBeforeWaitAsync()
    {
        if (_writer!.UnflushedBytes == 0)
        {
            return true;
        }

        return await WriteAsync(default) == RelayEnd.None;
    }

    private RelayEnd StopReading(ReadResult result)
    {
        _reader!.AdvanceTo(result.Buffer.Start);
        return RelayEnd.Stopped;
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<RelayEnd> PassOnAsync(ReadResult result)
    {
        var buffer = result.Buffer;
        var rest = buffer;
        var status = TakeStatus.NeedMore;
        while (!rest.IsEmpty)
        {
            var (input, rented) = NextInput(rest);
            status = Take(input.Span, out var consumed, out var direct);
            if (status == TakeStatus.Malformed)
            {
                Return(rented);
                _reader!.AdvanceTo(buffer.Start);
                return RelayEnd.Malformed;
            }

            var end = await WriteAsync(input[direct]);
            Return(rented);
            if (end != RelayEnd.None)
            {
                _reader!.AdvanceTo(end == RelayEnd.SinkBroken ? buffer.Start : rest.Start);
                return end;
            }

            rest = rest.Slice(consumed);
            TakenBytes += consumed;

            // Chunked input is taken as one piece, so what is left of it is an unfinished line.
            if (status == TakeStatus.Complete || (status == TakeStatus.NeedMore && _kind == BodyKind.Chunked))
            {
                break;
            }
        }

        _reader!.AdvanceTo(rest.Start, status == TakeStatus.Complete ? rest.Start : buffer.End);
        return status == TakeStatus.Complete ? RelayEnd.Complete : await EndOfSourceAsync(result);
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<RelayEnd> EndOfSourceAsync(ReadResult result)
    {
        if (!result.IsCompleted)
        {
            return RelayEnd.None;
        }

        if (_kind == BodyKind.UntilClose && _output == BodyOutput.Chunked && _exchange.UpstreamEndedInOrder)
        {
            _writer!.Write("0\r\n\r\n"u8);
            var end = await WriteAsync(default);
            return end == RelayEnd.None ? RelayEnd.SourceEnded : end;
        }

        return RelayEnd.SourceEnded;
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<RelayEnd> WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        var isFirst = !_hasWritten;
        _hasWritten = true;
        var writing = _writer!.WriteAsync(bytes);
        var isAtOnce = writing.IsCompleted;
        if (!isAtOnce)
        {
            _exchange.BeginWait(_writeWait);
        }

        var result = await writing;
        _exchange.EndWait(_writeWait);
        if (result.IsCompleted)
        {
            FailedAtFirstWrite = isFirst && isAtOnce;
            return RelayEnd.SinkBroken;
        }

        PassedBytes += bytes.Length;
        return IsStopped ? RelayEnd.Stopped : RelayEnd.None;
    }

    /// <summary>Chunked framing is judged on contiguous bytes; a buffer in several blocks is rare and copied.</summary>
    private (ReadOnlyMemory<byte> Input, byte[]? Rented) NextInput(ReadOnlySequence<byte> rest)
    {
        if (rest.IsSingleSegment || _kind != BodyKind.Chunked)
        {
            return (rest.First, null);
        }

        var length = checked((int)rest.Length);
        var rented = ArrayPool<byte>.Shared.Rent(length);
        rest.CopyTo(rented);
        return (rented.AsMemory(0, length), rented);
    }

    private static void Return(byte[]? rented)
    {
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Judges input; writes what must be framed anew to the output, and names the part to send as it is.</summary>
    private TakeStatus Take(ReadOnlySpan<byte> input, out int consumed, out Range direct) => (_kind, _output) switch
    {
        (BodyKind.Length, _) => TakeLength(input, out consumed, out direct),
        (BodyKind.Chunked, BodyOutput.AsIs) => TakeChunks(input, out consumed, out direct),
        (BodyKind.Chunked, _) => TakePayload(input, out consumed, out direct),
        (BodyKind.UntilClose, BodyOutput.Chunked) => TakeAsChunk(input, out consumed, out direct),
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

    private TakeStatus TakeAsChunk(ReadOnlySpan<byte> input, out int consumed, out Range direct)
    {
        var writer = new HeadWriter(_writer!);
        writer.ChunkSize(input.Length);
        writer.Write(input);
        writer.Write("\r\n"u8);
        writer.Flush();
        PassedBytes += input.Length;
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

            Rewrite(input[direct]);
            consumed += _chunks.SkipBytes;
        }
    }

    private void Rewrite(ReadOnlySpan<byte> verbatim)
    {
        var writer = new HeadWriter(_writer!);
        writer.Write(verbatim);
        if (_chunks.RewrittenSize >= 0)
        {
            writer.ChunkSize(_chunks.RewrittenSize);
        }

        writer.Flush();
        PassedBytes += verbatim.Length;
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

            _writer!.Write(input[direct]);
            PassedBytes += length;
            direct = default;
        }
    }
}
