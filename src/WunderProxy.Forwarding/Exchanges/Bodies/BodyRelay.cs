using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using WunderProxy.Forwarding.Buffering;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tasks;

namespace WunderProxy.Forwarding.Exchanges.Bodies;

/// <summary>
/// Copies one body from one connection to the other as it arrives, in one direction of an exchange. The reader's memory
/// goes to the socket without a copy; only what has to be framed anew, or passes a filter, is written anew.
/// </summary>
internal sealed class BodyRelay
{
    // What a filter writes is sent in pieces of this size, or when the sender pauses: it writes little at a time.
    private const int GatheredBytes = 16 * 1024;

    private readonly BodyPipeline _pipeline = new();
    private readonly ExchangeWaits _waits;
    private readonly Waits _readWait;
    private readonly Waits _writeWait;
    private readonly BodySink _sink;
    private readonly HeadLimits _limits;
    private readonly DirectBody _direct;
    private readonly BufferedBody? _buffered;
    private LoopSignal? _turn;
    private PipeReader? _reader;

    /// <summary>Creates the relay of one direction.</summary>
    /// <param name="waits">The two ends of the exchange.</param>
    /// <param name="readWait">The wait for the sender's bytes.</param>
    /// <param name="writeWait">The wait for the receiver.</param>
    /// <param name="limits">Limits of trailers.</param>
    /// <param name="buffers">Holds what the receiver does not take in time; null if the sender always waits.</param>
    public BodyRelay(
        ExchangeWaits waits, Waits readWait, Waits writeWait, in HeadLimits limits, LoopBuffers? buffers = null)
    {
        _waits = waits;
        _readWait = readWait;
        _writeWait = writeWait;
        _limits = limits;
        _sink = new BodySink(waits, writeWait);
        _buffered = buffers is null ? null : new BufferedBody(this, waits, buffers);
        _direct = new DirectBody(waits, readWait, writeWait, _buffered);
    }

    /// <summary>How the relay ended; none while it runs.</summary>
    public RelayEnd End { get; private set; }

    /// <summary>Bytes of a body of known length that are still to be taken.</summary>
    public long RemainingBytes => _pipeline.RemainingBytes;

    /// <summary>Bytes taken from the sender, framing included.</summary>
    public long TakenBytes { get; private set; }

    /// <summary>Bytes of the body that were passed on.</summary>
    public long PassedBytes => _sink.SentBytes + _pipeline.CopiedBytes;

    /// <summary>Whether the very first write failed at once, so that no byte has gone to the receiver.</summary>
    public bool FailedAtFirstWrite => _sink.FailedAtFirstWrite;

    /// <summary>
    /// After <see cref="RelayEnd.SourceEnded"/>: whether the end of the sender's stream was the end of the body, and
    /// not a break.
    /// </summary>
    public bool IsSourceWhole => _pipeline.Kind == BodyKind.UntilClose && HasSourceEndedInOrder;

    /// <summary>
    /// The rule of the chunked coding that the sender broke, by its name in the source; null if none.
    /// </summary>
    public string? Fault => End == RelayEnd.Malformed ? _pipeline.Rejection.ToString() : null;

    /// <summary>
    /// The status code of the Close frame that went through a WebSocket, or that the proxy wrote; 0 if there was none.
    /// </summary>
    public int CloseCode => _pipeline.CloseCode;

    /// <summary>Whether the relay has to end.</summary>
    public bool IsStopped => _sink.IsStopped;

    /// <summary>Whether the body is buffered when its receiver falls behind.</summary>
    public bool IsElastic => _sink.IsElastic;

    /// <summary>Whether bytes of the body are held that the receiver has not taken yet; see <see cref="FinishAsync"/>.</summary>
    public bool HasHeldBytes => _sink.IsElastic && (_direct.IsOpen || _buffered!.IsActive);

    private bool IsDown => _readWait == Waits.UpstreamRead;

    // Into a buffer nothing is gathered: each write tells whether the buffer has room for more.
    private bool MayGather => !_pipeline.IsUntouched && !_sink.IsBuffering && _sink.UnflushedBytes < GatheredBytes;

    private bool HasSourceEndedInOrder => IsDown
        ? _waits.Upstream?.CloseReason == CloseReason.RemoteFinished
        : _waits.Client.HasEndedInOrder;

    /// <summary>Forgets the previous body with its counts, and releases its filter.</summary>
    public void Reset()
    {
        _reader = null;
        End = RelayEnd.None;
        TakenBytes = 0;
        _pipeline.Reset();
        _direct.Reset();
        _sink.Reset();
    }

    /// <summary>Prepares the relay for one body.</summary>
    /// <param name="reader">The source of the body.</param>
    /// <param name="writer">Receives the body; may already contain the head.</param>
    /// <param name="framing">How the body lies in the reader.</param>
    /// <param name="output">How the body is encoded for the receiver.</param>
    /// <param name="head">The head of the message, whose Connection may name trailers.</param>
    /// <param name="filter">
    /// Changes the payload; null for no filter. With a filter the output is bare bytes or chunks.
    /// </param>
    /// <param name="isElastic">Whether the body is buffered when its receiver falls behind, if there are buffers.</param>
    public void Prepare(
        PipeReader reader,
        PipeWriter writer,
        in BodyFraming framing,
        BodyOutput output,
        MessageHead head,
        BodyFilter? filter = null,
        bool isElastic = false)
    {
        Reset();
        _reader = reader;
        _sink.Prepare(writer, isElastic ? _buffered : null);
        _pipeline.Prepare(writer, framing, _limits, head, output, filter);
    }

    /// <summary>Prepares for a flush only, of what has already been written.</summary>
    public void PrepareFlush(PipeWriter writer)
    {
        Reset();
        _sink.Prepare(writer, buffered: null);
    }

    /// <summary>Records that the exchange became a tunnel, in which nothing is held back.</summary>
    public void BeginTunnel() => _sink.BeginTunnel();

    /// <summary>Changes where the body goes from here on: into a buffer, or again to the receiver.</summary>
    public void Redirect(PipeWriter writer)
    {
        _sink.Redirect(writer);
        _pipeline.Redirect(writer);
    }

    /// <summary>Records that so many bytes were not passed on after all.</summary>
    public void OnDropped(long bytes) => _sink.Count(-bytes);

    /// <summary>
    /// Sends what is held of the body after the relay has ended. The sender is not needed any more; the exchange's
    /// waits tell whether the receiver has taken everything.
    /// </summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    public async ValueTask FinishAsync()
    {
        if (_direct.IsOpen)
        {
            await _direct.FinishAsync(this);
        }

        await _buffered!.FinishAsync();
    }

    /// <summary>Returns everything that the relay holds, after an internal error.</summary>
    public void Abandon()
    {
        _direct.Close();
        _buffered?.Abandon();
        _sink.ForgetBuffer();
    }

    /// <summary>Makes a running relay end soon, whatever it waits for.</summary>
    public void RequestStop()
    {
        _sink.RequestStop();
        _waits.Wake(_readWait | _writeWait);
    }

    /// <summary>Makes the WebSocket close after the message in progress.</summary>
    public void RequestClose()
    {
        _pipeline.RequestClose();
        _waits.Wake(_readWait);
    }

    /// <summary>Sends what has been written, with nothing more to copy.</summary>
    public ValueTask<RelayEnd> FlushAsync() => _sink.WriteAsync(default);

    /// <summary>Counts a part of the body that bypassed the relay.</summary>
    public void OnMoved(long takenBytes, long passedBytes)
    {
        _pipeline.Skip(takenBytes);
        TakenBytes += takenBytes;
        _sink.Count(passedBytes);
    }

    /// <inheritdoc cref="BodySink.TryPutOff"/>
    public bool TryPutOff(ReadOnlySpan<byte> bytes) => _sink.TryPutOff(bytes);

    /// <summary>Copies until the body, the exchange or one of the connections ends.</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    public async ValueTask RunAsync()
    {
        var end = RelayEnd.None;
        while (end == RelayEnd.None)
        {
            if (_pipeline.IsUntouched && !HasHeldBytes && _direct.TryOpen(_pipeline.Kind, RemainingBytes))
            {
                _sink.OnBypassed();
                end = await _direct.RunAsync(this);
                continue;
            }

            _pipeline.WriteCloseIfDue();
            var reading = _reader!.ReadAsync();

            if (!reading.IsCompleted && !_pipeline.IsUntouched)
            {
                // A flush costs a filter a part of its effect: what arrives within this turn of the loop is taken first.
                await YieldAsync();
            }

            // A relay that was stopped before it began must not begin to wait: nothing would wake it any more.
            if (!reading.IsCompleted && (!await FlushBeforeWaitAsync() || IsStopped))
            {
                _reader.CancelPendingRead();
                _reader.AdvanceTo((await reading).Buffer.Start);
                end = IsStopped ? RelayEnd.Stopped : RelayEnd.SinkBroken;
                break;
            }

            if (!reading.IsCompleted)
            {
                _waits.Begin(_readWait);
            }

            var result = await reading;
            _waits.End(_readWait);
            end = IsStopped ? StopReading(result) : await PassOnAsync(result);
        }

        End = end;
    }

    /// <summary>Flushes what was written, most often a head, before the relay waits for more.</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<bool> FlushBeforeWaitAsync()
    {
        _pipeline.Flush();
        if (_sink.UnflushedBytes == 0 || (_sink.IsTunnel && _sink.TryPutOff(default)))
        {
            return true;
        }

        return await _sink.WriteAsync(default) == RelayEnd.None;
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
            status = _pipeline.Take(input.Span, out var consumed, out var direct);
            if (status == TakeStatus.Malformed)
            {
                Return(rented);
                _reader!.AdvanceTo(buffer.Start);
                return RelayEnd.Malformed;
            }

            var isEnd = status == TakeStatus.Complete || _sink.IsTunnel;
            var isPutOff = isEnd ? _sink.TryPutOff(input.Span[direct]) : MayGather;
            var end = isPutOff ? RelayEnd.None : await _sink.WriteAsync(input[direct]);
            Return(rented);
            if (end != RelayEnd.None)
            {
                _reader!.AdvanceTo(end == RelayEnd.SinkBroken ? buffer.Start : rest.Start);
                return end;
            }

            rest = rest.Slice(consumed);
            TakenBytes += consumed;

            if (status == TakeStatus.Again && !_pipeline.IsUntouched)
            {
                await YieldAsync();
                if (IsStopped)
                {
                    _reader!.AdvanceTo(rest.Start);
                    return RelayEnd.Stopped;
                }
            }

            // Chunked input is taken in one piece, so its rest is an unfinished line.
            if (status == TakeStatus.Complete || (status == TakeStatus.NeedMore && _pipeline.Kind == BodyKind.Chunked))
            {
                break;
            }
        }

        _reader!.AdvanceTo(rest.Start, status == TakeStatus.Complete ? rest.Start : buffer.End);
        return status == TakeStatus.Complete ? RelayEnd.Complete : await EndOfSourceAsync(result);
    }

    /// <summary>Lets the loop serve others, and take what has arrived meanwhile.</summary>
    private ValueTask YieldAsync()
    {
        _turn ??= new LoopSignal();
        var turn = _turn.WaitAsync();
        _waits.Client.Loop.Post(static signal => ((LoopSignal)signal!).Set(), _turn);
        return turn;
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<RelayEnd> EndOfSourceAsync(ReadResult result)
    {
        if (!result.IsCompleted)
        {
            return RelayEnd.None;
        }

        if (IsSourceWhole)
        {
            _pipeline.End();
        }

        if (_pipeline.Kind == BodyKind.UntilClose && _sink.UnflushedBytes > 0)
        {
            // The end that was just written, or the head of an empty body or of a tunnel that ended at once, with no
            // byte that would make it leave.
            var end = await _sink.WriteAsync(default);
            return end == RelayEnd.None ? RelayEnd.SourceEnded : end;
        }

        return RelayEnd.SourceEnded;
    }

    /// <summary>
    /// Returns the next input. Chunked framing is judged on contiguous bytes; a buffer in several blocks is rare, and
    /// is copied.
    /// </summary>
    private (ReadOnlyMemory<byte> Input, byte[]? Rented) NextInput(ReadOnlySequence<byte> rest)
    {
        if (rest.IsSingleSegment || _pipeline.Kind != BodyKind.Chunked)
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
}
