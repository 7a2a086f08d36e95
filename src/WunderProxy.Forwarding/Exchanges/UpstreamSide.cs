using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using WunderProxy.Forwarding.Applications;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Exchanges.Bodies;
using WunderProxy.Forwarding.Exchanges.Clients;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tasks;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>
/// The part of an exchange that concerns the upstream: the lease, the connection in use, the request's body on its way,
/// the head of the response, and whether the request may be sent, or sent again.
/// </summary>
internal sealed class UpstreamSide
{
    private readonly ExchangeWaits _waits;
    private readonly ForwarderSettings _settings;
    private readonly TransportLoop _loop;
    private ValueTask? _uploading;
    private HeldBody? _held;
    private int _attempts;
    private long _sentMicroseconds;
    private int _kind;

    public UpstreamSide(ILeaseHolder holder, ExchangeWaits waits, TransportLoop loop, ForwarderSettings settings)
    {
        _waits = waits;
        _settings = settings;
        _loop = loop;
        Lease = new UpstreamLease(holder);
        Upload = new BodyRelay(waits, Waits.ClientRead, Waits.UpstreamWrite, settings.HeadLimits);
    }

    /// <summary>The exchange's claim on the upstream.</summary>
    public UpstreamLease Lease { get; }

    /// <summary>The loop's part of the upstream leased last, for statistics and logs; null before.</summary>
    public LoopUpstream? Used { get; private set; }

    /// <summary>The connection in use; null before and after.</summary>
    public UpstreamConnection? Connection { get; private set; }

    /// <summary>The loop's part of the application that the request is for; null until the head is complete.</summary>
    public LoopApplication? Application { get; private set; }

    /// <summary>The peer to which the request goes; null for our own upstream.</summary>
    public Endpoint? Peer { get; private set; }

    /// <summary>The endpoint chosen last; null before.</summary>
    public Endpoint? Endpoint { get; private set; }

    /// <summary>Attempts beyond the first, by which the request was sent to an endpoint or a peer.</summary>
    public int Retries => Math.Max(0, _attempts - 1);

    /// <summary>Whether the connection used last had carried another exchange before.</summary>
    public bool IsReused { get; private set; }

    /// <summary>Whether the body of the request was held until it was complete.</summary>
    public bool WasHeld { get; private set; }

    /// <summary>The span of the exchange, which the upstream gets as the parent of its own; none if it is not sampled.</summary>
    public TraceParent Span { get; set; }

    /// <summary>
    /// Whether <see cref="Span"/> belongs to the trace that the client named; else it begins a new one, to which the
    /// client's <c>tracestate</c> does not belong.
    /// </summary>
    public bool ContinuesTrace { get; set; }

    /// <summary>The slot that holds the upstream to forward to.</summary>
    public UpstreamSlot Slot => Peer is null ? Application!.Slot : _settings.Peers!.Slot;

    /// <summary>How far the exchange has come on the upstream side.</summary>
    public UpstreamProgress Progress { get; private set; }

    /// <summary>Whether the whole request has been sent.</summary>
    public bool IsRequestSent => Progress is UpstreamProgress.Sent or UpstreamProgress.Answered;

    /// <summary>Whether the final response head, or a 101, has arrived.</summary>
    public bool IsResponseReceived => Progress is UpstreamProgress.Answered or UpstreamProgress.AnsweredEarly;

    /// <summary>The relay of the request's body.</summary>
    public BodyRelay Upload { get; }

    /// <summary>Bytes of the request's body taken from the client, framing included.</summary>
    public long BodyBytesIn => Upload.TakenBytes + (_held?.TakenBytes ?? 0);

    /// <summary>
    /// The rule of the chunked coding that the client broke, by its name in the source; null if none.
    /// </summary>
    public string? BodyFault => _held?.Fault ?? Upload.Fault;

    /// <summary>Whether the request's body has to be complete before an upstream is chosen, and is not yet.</summary>
    public bool HasToHold =>
        Application!.BuffersRequests
        && _settings.Buffers is not null
        && !_waits.Client.IsRequestRead;

    /// <summary>Whether the request's body is being read into a buffer, before an upstream is chosen.</summary>
    public bool IsHolding => _held is { IsTaking: true };

    /// <summary>Whether the relay of the request's body is running, or has ended without having been checked.</summary>
    public bool IsUploading => _uploading is not null;

    /// <summary>Whether the client is still sending the request's body, and the upstream still taking it.</summary>
    public bool IsStreaming => IsUploading && !IsRequestSent && !IsHeldWhole;

    /// <summary>The head of the response: of interim ones first, then of the final one.</summary>
    public ResponseHead Response { get; } = new();

    /// <summary>How the response's body ends, as the upstream frames it.</summary>
    public BodyFraming ResponseFraming { get; set; }

    /// <summary>Whether the upstream finished its stream in order, and did not reset.</summary>
    public bool HasEndedInOrder => Connection?.Transport.CloseReason == CloseReason.RemoteFinished;

    /// <summary>
    /// Whether sending the request (again) has the same effect as sending it once: the request is still whole, and
    /// either nothing of it was sent or its method is idempotent.
    /// </summary>
    public bool MayBeSent =>
        (BodyBytesIn == 0 || IsHeldWhole)
        && (Progress == UpstreamProgress.NotSent || _waits.Client.Request.IsIdempotent || FailedAtFirstWrite);

    /// <summary>
    /// Whether the request can be sent on a new connection: the old one had been idle and broke before any byte of a
    /// response, no byte of the body is lost, and sending again has the same effect as once or nothing was sent.
    /// </summary>
    public bool MayBeSentAfresh => Connection!.IsReused && !_waits.IsStopped && MayBeSent;

    private bool IsHeldWhole => _held is { IsWhole: true };

    private bool FailedAtFirstWrite => Upload.FailedAtFirstWrite || _held is { FailedAtFirstWrite: true };

    /// <summary>Prepares for the next exchange; nothing of the previous one is kept.</summary>
    public void Reset()
    {
        Debug.Assert(Connection is null && Lease.Part is null, "what was taken was given back");
        Upload.Reset();
        _held?.Reset();
        Response.Reset();
        ResponseFraming = BodyFraming.None;
        Progress = UpstreamProgress.NotSent;
        LeaveApplication();
        Peer = null;
        Endpoint = null;
        Used = null;
        IsReused = false;
        WasHeld = false;
        _attempts = 0;
        Span = default;
        ContinuesTrace = false;
    }

    /// <summary>Returns everything that the side holds, in whatever state it is, after an internal error.</summary>
    public void Abandon()
    {
        Connection?.Transport.Abort();
        _held?.Abandon();
        if (Lease.Part is not null)
        {
            Lease.Release();
        }

        LeaveApplication();
    }

    /// <summary>Begins the second try, with a peer; nothing of the first try counts any more.</summary>
    public void BeginAgain() => MoveTo(UpstreamProgress.NotSent);

    /// <summary>Chooses the application that the request is for, by the complete head; once for each request.</summary>
    public void ChooseApplication()
    {
        var request = _waits.Client.Request;
        Application = _settings.Routes.Find(request.EffectiveHost, request.OriginTarget).PartOf(_loop);
        _kind = RequestKey.KindOf((int)request.KnownMethod, _waits.Client.Tls is not null);
        Application.OnBegun(_kind);
    }

    /// <summary>Sends the exchange to a peer from now on.</summary>
    public void GoTo(Endpoint peer)
    {
        Peer = peer;
        Used = null;
    }

    /// <summary>Reads the whole body of the request into a buffer; called if <see cref="HasToHold"/>.</summary>
    /// <param name="continuing">The relay to the client, which sends a 100 answer.</param>
    /// <returns>Why the request cannot go on; none if it can.</returns>
    public ValueTask<ForwardError> HoldAsync(BodyRelay continuing)
    {
        WasHeld = true;
        _held ??= new HeldBody(_waits, _settings.HeadLimits, _settings.Buffers!.Of(_loop));
        return _held.TakeAsync(continuing);
    }

    /// <summary>Frees the request's body, if it is held, because the request will not be sent any more.</summary>
    public void DropHeld() => _held?.Drop();

    /// <summary>Leases the current upstream of the slot.</summary>
    /// <returns>Whether there was an upstream.</returns>
    public bool TryLease() => Lease.TryTake(Slot, _loop);

    /// <summary>Chooses the endpoint for the next attempt: the peer, or an endpoint of the leased upstream.</summary>
    public Endpoint ChooseEndpoint()
    {
        _attempts++;
        return Endpoint = Peer ?? Lease.Part!.Upstream.ChooseEndpoint();
    }

    /// <summary>Uses a connection from now on.</summary>
    public void Use(UpstreamConnection connection)
    {
        Connection = connection;
        IsReused = connection.IsReused;
        _waits.Upstream = connection.Transport;
    }

    /// <summary>
    /// Sends the head, which has been written, and what follows. A body is sent while the next steps run.
    /// </summary>
    public ValueTask SendAsync()
    {
        var client = _waits.Client;
        MoveTo(UpstreamProgress.Sending);
        _sentMicroseconds = _loop.NowMicroseconds;
        client.OnHeadSent();
        _waits.ResponseMilliseconds = Application!.ResponseMilliseconds;
        _waits.RestartResponse();
        var output = Connection!.Transport.Output;
        if (client.RequestFraming.HasBody)
        {
            if (IsHeldWhole)
            {
#pragma warning disable CA2012 // Awaited exactly once, by StopUploadAsync.
                _uploading = SendHeldAsync(output);
#pragma warning restore CA2012
                return ValueTask.CompletedTask;
            }

            Upload.Prepare(client.Input, output, client.InputFraming, OutputFor(client), client.Request);
#pragma warning disable CA2012 // Awaited exactly once, by StopUploadAsync.
            _uploading = UploadAsync();
#pragma warning restore CA2012
            return ValueTask.CompletedTask;
        }

        // A failure shows when the response is read; there may even be a response.
        Upload.PrepareFlush(output);
        if (client.Request.IsIdempotent)
        {
            Connection.Transport.FlushSoon();
            OnRequestSent();
            return ValueTask.CompletedTask;
        }

        // Only an immediate failure tells that no byte is lost, so that the request may be sent again.
        var flushing = Upload.FlushAsync();
        if (!flushing.IsCompletedSuccessfully)
        {
            return WaitForFlushAsync(flushing);
        }

        _ = flushing.Result;
        OnRequestSent();
        return ValueTask.CompletedTask;
    }

    /// <summary>Records that the final response head has arrived, whose body may take as long as it needs.</summary>
    public void OnResponseReceived()
    {
        MoveTo(Progress == UpstreamProgress.Sent ? UpstreamProgress.Answered : UpstreamProgress.AnsweredEarly);
        _waits.ResponseMilliseconds = 0;
        _waits.Client.ClearResponseDeadline();
        Lease.ResponseStartedMilliseconds = _loop.NowMilliseconds;
        Lease.Part!.Stats.CountUpstreamHead(_loop.NowMicroseconds - _sentMicroseconds);
        DropHeldIfSent();
    }

    /// <summary>Closes the connection and prepares the request for a new one.</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    public async ValueTask DropConnectionAsync()
    {
        await StopUploadAsync();
        TakeConnection().Abort();
        MoveTo(UpstreamProgress.NotSent);
    }

    /// <summary>Stops the relay of the request's body, if it runs, and waits for its end.</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    public async ValueTask StopUploadAsync()
    {
        if (_uploading is { } uploading)
        {
            if (IsHeldWhole)
            {
                _held!.RequestStop();
            }
            else
            {
                Upload.RequestStop();
            }

            _uploading = null;
            await uploading;
        }
    }

    /// <summary>
    /// Returns connection and lease; the connection is reused if both sides are done with it in order.
    /// </summary>
    /// <param name="isComplete">Whether the response was relayed to its end.</param>
    /// <param name="isTunnel">Whether the connection left HTTP.</param>
    public void Release(bool isComplete, bool isTunnel)
    {
        Debug.Assert(!IsUploading, "the upload was stopped");
        if (IsResponseReceived)
        {
            DropHeld();
        }

        if (Lease.Part is not { } part)
        {
            return;
        }

        if (Connection is not null)
        {
            Release(TakeConnection(), isComplete, isTunnel);
        }

        if (isComplete && !isTunnel)
        {
            part.Stats.CountUpstreamEnd(_loop.NowMicroseconds - _sentMicroseconds);
        }

        Used = part;
        Lease.Release();
    }

    /// <summary>Counts that a connect to our own upstream failed.</summary>
    public void CountConnectFailed(ConnectFailure reason)
    {
        if (Peer is null)
        {
            Application!.Stats.CountConnectFailed(reason);
            Lease.Part!.Stats.CountConnectFailed(reason);
        }
    }

    /// <summary>Counts that the connection broke before a response, if it had been used before.</summary>
    public void CountIfStale()
    {
        if (Peer is null && Connection is { IsReused: true })
        {
            Application!.Stats.CountStaleConnection();
            Lease.Part!.Stats.CountStaleConnection();
        }
    }

    /// <summary>Counts that the request is sent once more.</summary>
    public void CountRetry()
    {
        if (Peer is null)
        {
            Application!.Stats.CountRetry();
            Lease.Part!.Stats.CountRetry();
        }
    }

    // Bytes whose total length the client did not tell are sent in chunks.
    private static BodyOutput OutputFor(ClientStream client) =>
        client.InputFraming.Kind == BodyKind.UntilClose && client.RequestFraming.Kind == BodyKind.Chunked
            ? BodyOutput.Chunked
            : BodyOutput.AsIs;

    private void Release(UpstreamConnection connection, bool isComplete, bool isTunnel)
    {
        if (!isComplete || !IsRequestSent)
        {
            // A reset, because neither a request cut short nor an unread response may look complete.
            connection.Abort();
            return;
        }

        Debug.Assert(IsResponseReceived, "it succeeded");
        if (!isTunnel && Response.KeepAlive && ResponseFraming.Kind != BodyKind.UntilClose)
        {
            connection.Return();
        }
        else
        {
            connection.Close();
        }
    }

    private void LeaveApplication()
    {
        Application?.OnEnded(_kind);
        Application = null;
    }

    private UpstreamConnection TakeConnection()
    {
        var connection = Connection!;
        Connection = null;
        _waits.Upstream = null;
        return connection;
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    private async ValueTask WaitForFlushAsync(ValueTask<RelayEnd> flushing)
    {
        await flushing;
        OnRequestSent();
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    private async ValueTask UploadAsync()
    {
        await Upload.RunAsync();
        switch (Upload.End)
        {
            case RelayEnd.Complete:
            case RelayEnd.SourceEnded when Upload.IsSourceWhole:
                OnRequestSent();
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
                OnRequestSent();
                break;
            case RelayEnd.SinkBroken:
                _waits.RestartResponse();
                break;
        }
    }

    /// <summary>Records that the whole request has been sent, from when on the upstream's time runs.</summary>
    private void OnRequestSent()
    {
        MoveTo(IsResponseReceived ? UpstreamProgress.Answered : UpstreamProgress.Sent);
        _waits.RestartResponse();
        _waits.Client.OnRequestRead();
        DropHeldIfSent();
    }

    /// <summary>
    /// Frees the buffer of a request that was sent and cannot be sent again, because its method is not idempotent or the
    /// response has begun.
    /// </summary>
    private void DropHeldIfSent()
    {
        var maySendAgain = _waits.Client.Request.IsIdempotent || FailedAtFirstWrite;
        if (_held is not null && IsRequestSent && (IsResponseReceived || !maySendAgain))
        {
            _held.Drop();
        }
    }

    private void MoveTo(UpstreamProgress next)
    {
        var isLegal = (Progress, next) switch
        {
            (_, UpstreamProgress.NotSent) => true,
            (UpstreamProgress.NotSent, UpstreamProgress.Sending) => true,
            (UpstreamProgress.Sending, UpstreamProgress.Sent or UpstreamProgress.AnsweredEarly) => true,
            (UpstreamProgress.Sent or UpstreamProgress.AnsweredEarly, UpstreamProgress.Answered) => true,
            _ => false,
        };
        if (!isLegal)
        {
            throw new UnreachableException($"the upstream's side cannot go from {Progress} to {next}");
        }

        Progress = next;
    }
}
