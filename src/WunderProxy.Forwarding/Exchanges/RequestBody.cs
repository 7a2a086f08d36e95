using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using WunderProxy.Forwarding.Exchanges.Bodies;
using WunderProxy.Forwarding.Exchanges.Clients;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tasks;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>
/// The body of a request on its way to the upstream: relayed as the client sends it, beside the response, or held until
/// it is complete and then sent as often as the request may be sent. Tells the upstream side when the whole request has
/// been sent.
/// </summary>
internal sealed class RequestBody
{
    private readonly UpstreamSide _side;
    private readonly ExchangeWaits _waits;
    private readonly ForwarderSettings _settings;
    private readonly TransportLoop _loop;
    private ValueTask? _sending;
    private HeldBody? _held;

    public RequestBody(UpstreamSide side, ExchangeWaits waits, TransportLoop loop, ForwarderSettings settings)
    {
        _side = side;
        _waits = waits;
        _settings = settings;
        _loop = loop;
        Relay = new BodyRelay(waits, Waits.ClientRead, Waits.UpstreamWrite, settings.HeadLimits);
    }

    /// <summary>The relay of a body that is not held, and of what a tunnel carries to the upstream.</summary>
    public BodyRelay Relay { get; }

    /// <summary>Bytes taken from the client, framing included.</summary>
    public long TakenBytes => Relay.TakenBytes + (_held?.TakenBytes ?? 0);

    /// <summary>The rule of the chunked coding that the client broke, by its name in the source; null if none.</summary>
    public string? Fault => _held?.Fault ?? Relay.Fault;

    /// <summary>Whether the body has to be complete before an upstream is chosen, and is not yet.</summary>
    public bool HasToHold =>
        _side.Application!.BuffersRequests
        && _settings.Buffers is not null
        && !_waits.Client.IsRequestRead;

    /// <summary>Whether the body is being read into a buffer, before an upstream is chosen.</summary>
    public bool IsHolding => _held is { IsTaking: true };

    /// <summary>Whether the whole body is held, so that it can be sent as often as needed.</summary>
    public bool IsHeldWhole => _held is { IsWhole: true };

    /// <summary>Whether the body was held until it was complete, or was going to be.</summary>
    public bool WasHeld { get; private set; }

    /// <summary>Whether the body is being sent, or its sending has ended without having been checked.</summary>
    public bool IsSending => _sending is not null;

    /// <summary>Whether no byte of the body is lost if the request is sent again.</summary>
    public bool IsIntact => TakenBytes == 0 || IsHeldWhole;

    /// <summary>Whether the very first write failed at once, so that no byte has gone to the upstream.</summary>
    public bool FailedAtFirstWrite => Relay.FailedAtFirstWrite || _held is { FailedAtFirstWrite: true };

    /// <summary>Reads the whole body into a buffer; called if <see cref="HasToHold"/>.</summary>
    /// <param name="continuing">The relay to the client, which sends a 100 answer.</param>
    /// <returns>Why the request cannot go on; none if it can.</returns>
    public ValueTask<ForwardError> HoldAsync(BodyRelay continuing)
    {
        WasHeld = true;
        _held ??= new HeldBody(_waits, _settings.HeadLimits, _settings.Buffers!.Of(_loop));
        return _held.TakeAsync(continuing);
    }

    /// <summary>Sends the head, which has been written, and the body, which goes on beside the next steps.</summary>
    public ValueTask SendAsync(TransportConnection connection)
    {
        var client = _waits.Client;
        if (!client.RequestFraming.HasBody)
        {
            return SendHeadAsync(connection, client.Request.IsIdempotent);
        }

#pragma warning disable CA2012 // Awaited exactly once, by StopAsync.
        if (IsHeldWhole)
        {
            _sending = SendHeldAsync(connection.Output);
        }
        else
        {
            Relay.Prepare(client.Input, connection.Output, client.InputFraming, OutputFor(client), client.Request);
            _sending = RelayAsync();
        }
#pragma warning restore CA2012

        return ValueTask.CompletedTask;
    }

    /// <summary>Stops the sending of the body, if it goes on, and waits for its end.</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    public async ValueTask StopAsync()
    {
        if (_sending is { } sending)
        {
            if (IsHeldWhole)
            {
                _held!.RequestStop();
            }
            else
            {
                Relay.RequestStop();
            }

            _sending = null;
            await sending;
        }
    }

    /// <summary>Frees the body, if it is held, because the request will not be sent any more.</summary>
    public void Drop() => _held?.Drop();

    /// <summary>
    /// Frees the buffer of a request that was sent and cannot be sent again, because its method is not idempotent or the
    /// response has begun.
    /// </summary>
    public void DropIfSent()
    {
        var maySendAgain = _waits.Client.Request.IsIdempotent || FailedAtFirstWrite;
        if (_held is not null && _side.IsRequestSent && (_side.IsResponseReceived || !maySendAgain))
        {
            _held.Drop();
        }
    }

    /// <summary>Prepares for the next request; nothing of the previous one is kept.</summary>
    public void Reset()
    {
        Debug.Assert(!IsSending, "the sending was stopped");
        Relay.Reset();
        _held?.Reset();
        WasHeld = false;
    }

    /// <summary>Frees the body after an internal error, at the latest when the upstream's connection has ended.</summary>
    public void Abandon() => _held?.Abandon();

    // Bytes whose total length the client did not tell are sent in chunks.
    private static BodyOutput OutputFor(ClientStream client) =>
        client.InputFraming.Kind == BodyKind.UntilClose && client.RequestFraming.Kind == BodyKind.Chunked
            ? BodyOutput.Chunked
            : BodyOutput.AsIs;

    /// <summary>Sends the head of a request without a body.</summary>
    private ValueTask SendHeadAsync(TransportConnection connection, bool isIdempotent)
    {
        // A failure shows when the response is read; there may even be a response.
        Relay.PrepareFlush(connection.Output);
        if (isIdempotent)
        {
            connection.FlushSoon();
            _side.OnRequestSent();
            return ValueTask.CompletedTask;
        }

        // Only an immediate failure tells that no byte is lost, so that the request may be sent again.
        var flushing = Relay.FlushAsync();
        if (!flushing.IsCompletedSuccessfully)
        {
            return WaitForFlushAsync(flushing);
        }

        _ = flushing.Result;
        _side.OnRequestSent();
        return ValueTask.CompletedTask;
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    private async ValueTask WaitForFlushAsync(ValueTask<RelayEnd> flushing)
    {
        await flushing;
        _side.OnRequestSent();
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    private async ValueTask RelayAsync()
    {
        await Relay.RunAsync();
        switch (Relay.End)
        {
            case RelayEnd.Complete:
            case RelayEnd.SourceEnded when Relay.IsSourceWhole:
                _side.OnRequestSent();
                break;
            case RelayEnd.SourceEnded:
                _waits.Stop(ForwardError.ClientGone);
                break;
            case RelayEnd.Malformed:
                _waits.Stop(ForwardError.BadRequestBody);
                break;
            case RelayEnd.SinkBroken:
                // The upstream reads no more but may have answered; its end will show.
                _waits.RestartResponse();
                break;
        }
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    private async ValueTask SendHeldAsync(PipeWriter output)
    {
        switch (await _held!.SendAsync(output))
        {
            case RelayEnd.Complete:
                _side.OnRequestSent();
                break;
            case RelayEnd.SinkBroken:
                _waits.RestartResponse();
                break;
        }
    }
}
