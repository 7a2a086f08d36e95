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
    private readonly HeldBodySender _sender = new(waits);
    private RequestBuffer? _buffer;
    private ArrayBufferWriter<byte>? _trailers;
    private BodyDecoder _decoder;
    private bool _isAbandoned;

    /// <summary>Whether the body is being taken from the client.</summary>
    public bool IsTaking { get; private set; }

    /// <summary>Whether the whole body is held, so that it can be sent.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Whether the body is being sent.</summary>
    public bool IsSending => _sender.IsSending;

    /// <summary>Bytes taken from the client, framing included.</summary>
    public long TakenBytes { get; private set; }

    /// <summary>Whether the very first write failed at once, so that no byte has gone to the upstream.</summary>
    public bool FailedAtFirstWrite => _sender.FailedAtFirstWrite;

    /// <summary>The rule of the chunked coding that the client broke, by its name in the source; null if none.</summary>
    public string? Fault => _decoder.Rejection == ChunkRejection.None ? null : _decoder.Rejection.ToString();

    private bool IsEndOfBody => _decoder.Kind == BodyKind.UntilClose && waits.Client.HasEndedInOrder;

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
        client.OnRequestHeld(_trailers is not null ? BodyFraming.Chunked : new BodyFraming(BodyKind.Length, _buffer.Length));
        return waits.StopReason;
    }

    /// <summary>Sends the body from its start; the output may already contain the head.</summary>
    /// <returns>Complete, stopped, or that the upstream accepts no more.</returns>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    public async ValueTask<RelayEnd> SendAsync(PipeWriter output)
    {
        try
        {
            return await _sender.SendAsync(_buffer!, _trailers?.WrittenMemory, output);
        }
        finally
        {
            if (_isAbandoned)
            {
                Drop();
            }
        }
    }

    /// <summary>Makes a sending end soon, whatever it waits for.</summary>
    public void RequestStop() => _sender.RequestStop();

    /// <summary>Frees the buffer, because the body will not be sent any more.</summary>
    public void Drop()
    {
        Debug.Assert(!IsSending, "the sending has ended");
        IsWhole = false;
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
        _sender.Reset();
        IsTaking = false;
        TakenBytes = 0;
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

    /// <summary>Decodes what one read of the client brought, and puts the payload into the buffer.</summary>
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
            await waits.WaitForWorkAsync(buffer);
            if (waits.IsStopped)
            {
                return waits.StopReason;
            }

            room = buffer.CheckRoom();
        }

        return room == BufferRoom.None ? ForwardError.BuffersFull : ForwardError.None;
    }
}
