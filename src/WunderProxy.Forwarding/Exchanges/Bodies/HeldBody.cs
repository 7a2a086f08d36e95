using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using WunderProxy.Forwarding.Buffering;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Transport.Tasks;

namespace WunderProxy.Forwarding.Exchanges.Bodies;

/// <summary>
/// The body of a request that is held until it is complete, before the upstream is contacted: reads payload and
/// trailers from the client, and sends them as often as the request may be sent.
/// </summary>
/// <remarks>
/// A chunked body is sent with its length, which is known by then, because some applications cannot read chunks. A body
/// with trailers is sent in chunks, which trailers need (RFC 9112 section 7.1.2).
/// </remarks>
internal sealed class HeldBody(ExchangeWaits waits, HeadLimits limits, LoopBuffers buffers)
{
    private ArrayBufferWriter<byte>? _trailers;
    private RequestBuffer? _buffer;
    private BodyDecoder _decoder;
    private bool _stopRequested;
    private bool _hasWritten;
    private bool _isAbandoned;

    /// <summary>Whether the body is being taken from the client.</summary>
    public bool IsTaking { get; private set; }

    /// <summary>Whether the whole body is held, so that it can be sent.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Whether the body is being sent.</summary>
    public bool IsSending { get; private set; }

    /// <summary>Bytes taken from the client, framing included.</summary>
    public long TakenBytes { get; private set; }

    /// <summary>Whether the very first write failed at once, so that no byte has gone to the upstream.</summary>
    public bool FailedAtFirstWrite { get; private set; }

    /// <summary>The rule of the chunked coding that the client broke, by its name in the source; null if none.</summary>
    public string? Fault => _decoder.Rejection == ChunkRejection.None ? null : _decoder.Rejection.ToString();

    private bool IsStopped => _stopRequested || waits.IsStopped;

    private bool IsEndOfBody => _decoder.Kind == BodyKind.UntilClose && waits.Client.HasEndedInOrder;

    private bool HasTrailers => _trailers is not null;

    /// <summary>Reads the whole body from the client, after the 100 answer for which the client may wait.</summary>
    /// <param name="continuing">The relay to the client, which sends the 100 answer.</param>
    /// <returns>Why the body cannot be held; none if it is.</returns>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    public async ValueTask<ForwardError> TakeAsync(BodyRelay continuing)
    {
        var client = waits.Client;
        var framing = client.InputFraming;
        if (framing.Kind == BodyKind.Length && framing.Length > buffers.MaxRequestBytes)
        {
            return ForwardError.RequestTooLarge;
        }

        _decoder = new BodyDecoder(framing, limits, client.Request);
        _buffer = buffers.RentRequest();
        IsTaking = true;
        var error = await ContinueAsync(continuing);
        var isWhole = false;
        while (error == ForwardError.None && !isWhole)
        {
            (isWhole, error) = Keep(await ReadAsync());
            if (error == ForwardError.None && !isWhole)
            {
                error = await WaitForRoomAsync();
            }
        }

        IsTaking = false;
        if (error != ForwardError.None)
        {
            Drop();
            return error;
        }

        IsWhole = true;
        client.OnRequestHeld(HasTrailers ? BodyFraming.Chunked : new BodyFraming(BodyKind.Length, _buffer.Length));
        return waits.StopReason;
    }

    /// <summary>Sends the body from its start; the output may already contain the head.</summary>
    /// <returns>Complete, stopped, or that the upstream accepts no more.</returns>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    public async ValueTask<RelayEnd> SendAsync(PipeWriter output)
    {
        _stopRequested = false;
        FailedAtFirstWrite = false;
        _hasWritten = false;
        IsSending = true;
        try
        {
            _buffer!.Rewind();
            var end = RelayEnd.None;
            while (end == RelayEnd.None)
            {
                end = await SendNextAsync(_buffer, output);
            }

            return end;
        }
        finally
        {
            IsSending = false;
            if (_isAbandoned)
            {
                Drop();
            }
        }
    }

    /// <summary>Makes a sending end soon, whatever it waits for.</summary>
    public void RequestStop()
    {
        _stopRequested = true;
        waits.Wake(Waits.UpstreamWrite | Waits.RequestBuffer);
    }

    /// <summary>Frees the buffer, because the body will not be sent any more.</summary>
    public void Drop()
    {
        Debug.Assert(!IsSending, "the sending has ended");
        IsWhole = false;
        waits.RequestBuffer = null;
        if (_buffer is { } buffer)
        {
            _buffer = null;
            buffer.Release();
        }
    }

    /// <summary>Frees the buffer after an internal error, at the latest when the upstream's connection has ended.</summary>
    public void Abandon()
    {
        _isAbandoned = true;
        if (!IsSending)
        {
            Drop();
        }
    }

    /// <summary>Prepares for the next request; nothing of the previous one is kept.</summary>
    public void Reset()
    {
        Drop();
        _trailers = null;
        _decoder = default;
        _stopRequested = false;
        IsTaking = false;
        TakenBytes = 0;
        FailedAtFirstWrite = false;
    }

    /// <summary>Tells a client that waits for an interim answer to send its body (RFC 9110 section 10.1.1).</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<ForwardError> ContinueAsync(BodyRelay continuing)
    {
        var client = waits.Client;
        if (!client.Request.Expects100Continue || !client.TryWriteContinue())
        {
            return waits.StopReason;
        }

        continuing.PrepareFlush(client.Output);
        var end = await continuing.FlushAsync();
        return end == RelayEnd.SinkBroken ? ForwardError.ClientGone : waits.StopReason;
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReadAsync()
    {
        var reading = waits.Client.Input.ReadAsync();
        if (!reading.IsCompleted)
        {
            waits.Begin(Waits.ClientRead);
        }

        var result = await reading;
        waits.End(Waits.ClientRead);
        return result;
    }

    /// <summary>Keeps what a read brought.</summary>
    private (bool IsWhole, ForwardError Error) Keep(ReadResult result)
    {
        var input = waits.Client.Input;
        var buffer = result.Buffer;
        if (waits.IsStopped)
        {
            input.AdvanceTo(buffer.Start);
            return (false, waits.StopReason);
        }

        var bytes = ContiguousBytes.Of(buffer);
        var status = KeepAll(bytes.Span, out var taken);
        bytes.Return();
        if (status == TakeStatus.Malformed)
        {
            input.AdvanceTo(buffer.Start);
            return (false, ForwardError.BadRequestBody);
        }

        TakenBytes += taken;
        var end = buffer.GetPosition(taken);
        input.AdvanceTo(end, status == TakeStatus.Complete ? end : buffer.End);
        if (_buffer!.Length > buffers.MaxRequestBytes)
        {
            return (false, ForwardError.RequestTooLarge);
        }

        return status == TakeStatus.Complete || (result.IsCompleted && IsEndOfBody)
            ? (true, ForwardError.None)
            : (false, result.IsCompleted ? ForwardError.ClientGone : ForwardError.None);
    }

    private TakeStatus KeepAll(ReadOnlySpan<byte> input, out int taken)
    {
        taken = 0;
        while (true)
        {
            var rest = input[taken..];
            var status = _decoder.Next(rest, out var consumed, out var payload, out var trailer);
            _buffer!.Append(rest[payload]);
            if (!rest[trailer].IsEmpty)
            {
                (_trailers ??= new ArrayBufferWriter<byte>()).Write(rest[trailer]);
            }

            taken += consumed;
            if (status != TakeStatus.NeedMore || (rest[payload].IsEmpty && rest[trailer].IsEmpty))
            {
                return status;
            }
        }
    }

    /// <summary>Waits while the temporary file is behind.</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<ForwardError> WaitForRoomAsync()
    {
        var buffer = _buffer!;
        var room = buffer.CheckRoom();
        while (room == BufferRoom.AfterWork)
        {
            await WaitForWorkAsync(buffer);
            if (waits.IsStopped)
            {
                return waits.StopReason;
            }

            room = buffer.CheckRoom();
        }

        return room == BufferRoom.None ? ForwardError.BuffersFull : ForwardError.None;
    }

    /// <summary>Sends the next bytes, or what ends the body.</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<RelayEnd> SendNextAsync(RequestBuffer buffer, PipeWriter output)
    {
        if (IsStopped)
        {
            return RelayEnd.Stopped;
        }

        if (buffer.IsAtEnd)
        {
            WriteEnd(output);
            var ending = await WriteAsync(output, default);
            return ending == RelayEnd.None ? RelayEnd.Complete : ending;
        }

        if (!buffer.TryPeek(out var bytes))
        {
            if (buffer.IsLost)
            {
                waits.Stop(ForwardError.InternalError);
                return RelayEnd.Stopped;
            }

            await WaitForWorkAsync(buffer);
            waits.RestartResponse();
            return RelayEnd.None;
        }

        WriteChunkSize(output, bytes.Length);
        var end = await WriteAsync(output, bytes);
        WriteChunkEnd(output);
        buffer.Advance();
        return end;
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    private async ValueTask WaitForWorkAsync(RequestBuffer buffer)
    {
        waits.RequestBuffer = buffer;
        waits.Begin(Waits.RequestBuffer);
        await buffer.WaitForWorkAsync();
        waits.End(Waits.RequestBuffer);
        waits.RequestBuffer = null;
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<RelayEnd> WriteAsync(PipeWriter output, ReadOnlyMemory<byte> bytes)
    {
        var isFirst = !_hasWritten;
        _hasWritten = true;
        var writing = output.WriteAsync(bytes);
        var isImmediate = writing.IsCompleted;
        if (!isImmediate)
        {
            waits.Begin(Waits.UpstreamWrite);
        }

        var result = await writing;
        waits.End(Waits.UpstreamWrite);
        if (result.IsCompleted)
        {
            FailedAtFirstWrite = isFirst && isImmediate;
            return RelayEnd.SinkBroken;
        }

        return IsStopped ? RelayEnd.Stopped : RelayEnd.None;
    }

    private void WriteChunkSize(PipeWriter output, int size)
    {
        if (HasTrailers)
        {
            var writer = new HeadWriter(output);
            writer.ChunkSize(size);
            writer.Flush();
        }
    }

    private void WriteChunkEnd(PipeWriter output)
    {
        if (HasTrailers)
        {
            output.Write("\r\n"u8);
        }
    }

    private void WriteEnd(PipeWriter output)
    {
        if (_trailers is not null)
        {
            output.Write("0\r\n"u8);
            output.Write(_trailers.WrittenSpan);
            output.Write("\r\n"u8);
        }
    }
}
