using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using WunderProxy.Forwarding.Transport.Tasks;

namespace WunderProxy.Forwarding.Exchanges.Bodies;

/// <summary>
/// The receiving end of one direction of an exchange, on behalf of a <see cref="BodyRelay"/>: writes to the receiver, or
/// into the buffer that stands before a client that is behind, waits until there is room, and counts what was sent.
/// </summary>
internal sealed class BodySink(ExchangeWaits waits, Waits writeWait)
{
    // As much as fits into a small block of the output.
    private const int MaxPutOffBytes = 4 * 1024;

    private PipeWriter? _writer;
    private BufferedBody? _buffered;
    private bool _stopRequested;
    private bool _hasWritten;

    /// <summary>Bytes that were passed on; those written by way of <see cref="BodyPipeline"/> are not among them.</summary>
    public long SentBytes { get; private set; }

    /// <summary>Whether the very first write failed at once, so that no byte has gone to the receiver.</summary>
    public bool FailedAtFirstWrite { get; private set; }

    /// <summary>Whether the exchange became a tunnel, in which nothing is held back.</summary>
    public bool IsTunnel { get; private set; }

    /// <summary>Whether the direction has to end.</summary>
    public bool IsStopped => _stopRequested || waits.IsStopped;

    /// <summary>Whether the body is buffered when its receiver falls behind.</summary>
    public bool IsElastic => _buffered is not null;

    /// <summary>Whether writes go into a buffer and not to the receiver.</summary>
    public bool IsBuffering => _buffered is { IsActive: true };

    /// <summary>Bytes that were written and neither sent nor flushed.</summary>
    public long UnflushedBytes => _writer!.UnflushedBytes;

    private bool IsDown => writeWait == Waits.ClientWrite;

    /// <summary>Forgets the previous body with its counts.</summary>
    public void Reset()
    {
        _writer = null;
        SentBytes = 0;
        FailedAtFirstWrite = false;
        IsTunnel = false;
        _stopRequested = false;
        _hasWritten = false;
        if (_buffered is { } buffered)
        {
            _buffered = null;
            buffered.Reset();
        }
    }

    /// <summary>Sets where the bytes of the next body are written, and what holds them when the receiver falls behind.</summary>
    /// <param name="writer">Receives the body; may already contain the head.</param>
    /// <param name="buffered">Holds the body when its receiver falls behind; null if the sender has to wait then.</param>
    public void Prepare(PipeWriter writer, BufferedBody? buffered)
    {
        _writer = writer;
        _buffered = buffered;
    }

    /// <summary>Changes where the body goes from here on: into a buffer, or again to the receiver.</summary>
    public void Redirect(PipeWriter writer) => _writer = writer;

    /// <summary>Records that the exchange became a tunnel.</summary>
    public void BeginTunnel() => IsTunnel = true;

    /// <summary>Records that the direction has to end.</summary>
    public void RequestStop() => _stopRequested = true;

    /// <summary>
    /// Leaves the buffer alone from here on: what it holds goes when its sending has ended, which may be after the next
    /// reset.
    /// </summary>
    public void ForgetBuffer() => _buffered = null;

    /// <summary>Records that the receiver gets bytes that no write of this object sends.</summary>
    public void OnBypassed() => _hasWritten = true;

    /// <summary>Counts bytes that bypassed this object; fewer than 0 for those that were not passed on after all.</summary>
    public void Count(long bytes) => SentBytes += bytes;

    /// <summary>
    /// Writes the end of an answer, or of what came through a tunnel, if it is small; it is sent at the end of the
    /// loop's turn together with those of other connections.
    /// </summary>
    public bool TryPutOff(ReadOnlySpan<byte> bytes)
    {
        var mayPutOff = IsTunnel || (IsDown && waits.Client.MayPutOff && !IsBuffering);

        // The limit includes what an earlier answer left, or a client that sends requests and never reads would fill
        // the memory.
        if (!mayPutOff || _writer!.UnflushedBytes + bytes.Length > MaxPutOffBytes)
        {
            return false;
        }

        _hasWritten = true;
        _writer.Write(bytes);
        SentBytes += bytes.Length;
        if (IsDown)
        {
            waits.Client.FlushSoon();
        }
        else
        {
            waits.Upstream!.FlushSoon();
        }

        return true;
    }

    /// <summary>Writes bytes, which the socket usually accepts at once; that case needs no state machine.</summary>
    /// <returns>None, or why nothing more is to be written.</returns>
    public ValueTask<RelayEnd> WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        var isFirst = !_hasWritten;
        _hasWritten = true;
        var writing = _writer!.WriteAsync(bytes);
        if (!writing.IsCompletedSuccessfully)
        {
            return WaitForWriteAsync(writing, bytes.Length);
        }

        var result = writing.Result;
        FailedAtFirstWrite = isFirst && result.IsCompleted;
        return new ValueTask<RelayEnd>(OnWritten(result, bytes.Length));
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<RelayEnd> WaitForWriteAsync(ValueTask<FlushResult> writing, int length)
    {
        var wait = writeWait;
        var buffered = _buffered;
        if (buffered is { IsActive: true })
        {
            wait = Waits.BufferRoom;
        }
        else
        {
            buffered?.OnBlocked(_writer!);
        }

        if (!writing.IsCompleted)
        {
            waits.Begin(wait);
        }

        var result = await writing;
        waits.End(wait);
        if (wait == writeWait)
        {
            buffered?.Begin(mayBegin: !result.IsCompleted && !IsStopped);
        }

        return OnWritten(result, length);
    }

    private RelayEnd OnWritten(FlushResult result, int length)
    {
        if (result.IsCompleted)
        {
            return RelayEnd.SinkBroken;
        }

        SentBytes += length;
        return IsStopped ? RelayEnd.Stopped : RelayEnd.None;
    }
}
