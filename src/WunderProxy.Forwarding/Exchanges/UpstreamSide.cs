using System.Diagnostics;
using System.Runtime.CompilerServices;
using WunderProxy.Forwarding.Applications;
using WunderProxy.Forwarding.Exchanges.Bodies;
using WunderProxy.Forwarding.Exchanges.Clients;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tasks;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>
/// What of an exchange concerns the upstream: the lease, the connection in use, the request's body on its way up, the head of
/// the response, and whether the request may be sent, or sent again.
/// </summary>
internal sealed class UpstreamSide
{
    private readonly ExchangeWaits _waits;
    private readonly ForwarderSettings _settings;
    private readonly TransportLoop _loop;
    private ValueTask? _uploading;

    public UpstreamSide(ILeaseHolder holder, ExchangeWaits waits, TransportLoop loop, ForwarderSettings settings)
    {
        _waits = waits;
        _settings = settings;
        _loop = loop;
        Lease = new UpstreamLease(holder);
        Upload = new BodyRelay(waits, Waits.ClientRead, Waits.UpstreamWrite, settings.HeadLimits);
    }

    /// <summary>The claim on the upstream.</summary>
    public UpstreamLease Lease { get; }

    /// <summary>The loop's part of the upstream that was leased last, for statistics and logs; null before.</summary>
    public LoopUpstream? Used { get; private set; }

    /// <summary>The connection in use; null before and after.</summary>
    public UpstreamConnection? Connection { get; private set; }

    /// <summary>The loop's part of the application that the request is for; null until the head is complete.</summary>
    public LoopApplication? Application { get; private set; }

    /// <summary>The peer that the request goes to; null for our own upstream.</summary>
    public Endpoint? Peer { get; private set; }

    /// <summary>The endpoint that was chosen last; null before.</summary>
    public Endpoint? Endpoint { get; private set; }

    /// <summary>The cell that holds the upstream to forward to.</summary>
    public UpstreamSlot Slot => Peer is null ? Application!.Slot : _settings.Peers!.Slot;

    /// <summary>How far the exchange has come on this side.</summary>
    public UpstreamProgress Progress { get; private set; }

    /// <summary>Whether the whole request was sent.</summary>
    public bool IsRequestSent => Progress is UpstreamProgress.Sent or UpstreamProgress.Answered;

    /// <summary>Whether the final response head, or a 101, has come.</summary>
    public bool IsResponseReceived => Progress is UpstreamProgress.Answered or UpstreamProgress.AnsweredEarly;

    /// <summary>The relay of the request's body.</summary>
    public BodyRelay Upload { get; }

    /// <summary>Whether the relay of the request's body is under way, or its end was not looked at yet.</summary>
    public bool IsUploading => _uploading is not null;

    /// <summary>The response's head, interim ones before the final one.</summary>
    public ResponseHead Response { get; } = new();

    /// <summary>How the response's body ends, as the upstream frames it.</summary>
    public BodyFraming ResponseFraming { get; set; }

    /// <summary>Whether the upstream ended its stream in order, and did not reset.</summary>
    public bool HasEndedInOrder => Connection?.Transport.CloseReason == CloseReason.PeerFinished;

    /// <summary>
    /// Whether sending the request (again) means the same as sending it once: it is whole, and nothing of it went anywhere
    /// or its method is idempotent.
    /// </summary>
    public bool MayBeSent =>
        Upload.TakenBytes == 0
        && (Progress == UpstreamProgress.NotSent || _waits.Client.Request.IsIdempotent || Upload.FailedAtFirstWrite);

    /// <summary>
    /// Whether the request can be sent on a fresh connection: the old one had been idle and broke before any byte of
    /// a response, no byte of the body is gone, and sending twice means the same as once or nothing was sent at all.
    /// </summary>
    public bool MayBeSentAfresh => Connection!.IsReused && !_waits.IsStopped && MayBeSent;

    /// <summary>Makes the side ready for the next use; it holds no memory of this one.</summary>
    public void Reset()
    {
        Debug.Assert(Connection is null && Lease.Part is null, "what was taken was given back");
        Upload.Reset();
        Response.Reset();
        ResponseFraming = BodyFraming.None;
        Progress = UpstreamProgress.NotSent;
        Application = null;
        Peer = null;
        Endpoint = null;
        Used = null;
    }

    /// <summary>Gives back what the side holds, whatever state it is in: the exchange failed by a fault of ours.</summary>
    public void Abandon()
    {
        Connection?.Transport.Abort();
        if (Lease.Part is not null)
        {
            Lease.Release();
        }
    }

    /// <summary>The exchange is to be tried anew, with a peer: nothing of the first try counts any more.</summary>
    public void BeginAgain() => MoveTo(UpstreamProgress.NotSent);

    /// <summary>Chooses the application that the request is for, by its complete head; once for each request.</summary>
    public void ChooseApplication()
    {
        var request = _waits.Client.Request;
        Application = _settings.Routes.Find(request.EffectiveHost, request.OriginTarget).PartOf(_loop);
    }

    /// <summary>Sends the exchange to a peer from here on.</summary>
    public void GoTo(Endpoint peer)
    {
        Peer = peer;
        Used = null;
    }

    /// <summary>Takes a lease on whatever the slot holds now.</summary>
    /// <returns>Whether there was an upstream.</returns>
    public bool TryLease() => Lease.TryTake(Slot, _loop);

    /// <summary>Chooses where the next attempt to send the request goes: the peer, or an endpoint of the leased upstream.</summary>
    public Endpoint ChooseEndpoint() => Endpoint = Peer ?? Lease.Part!.Upstream.ChooseEndpoint();

    /// <summary>Uses a connection from here on.</summary>
    public void Use(UpstreamConnection connection)
    {
        Connection = connection;
        _waits.Upstream = connection.Transport;
    }

    /// <summary>The request's head was written; sends what follows, and the head with it. A body goes up beside what comes next.</summary>
    public ValueTask SendAsync()
    {
        var client = _waits.Client;
        MoveTo(UpstreamProgress.Sending);
        client.OnHeadSent();
        _waits.ResponseMilliseconds = Application!.ResponseMilliseconds;
        _waits.RestartResponse();
        var output = Connection!.Transport.Output;
        if (client.RequestFraming.HasBody)
        {
            Upload.Prepare(client.Input, output, client.InputFraming, OutputFor(client), client.Request);
#pragma warning disable CA2012 // Awaited exactly once, by StopUploadAsync.
            _uploading = UploadAsync();
#pragma warning restore CA2012
            return ValueTask.CompletedTask;
        }

        // A failure shows when the response is read; there may even be one.
        Upload.PrepareFlush(output);
        if (client.Request.IsIdempotent)
        {
            Connection.Transport.FlushSoon();
            OnRequestSent();
            return ValueTask.CompletedTask;
        }

        // Only a failure at once tells that no byte is gone, and that it may be sent again.
        var flushing = Upload.FlushAsync();
        if (!flushing.IsCompletedSuccessfully)
        {
            return WaitForFlushAsync(flushing);
        }

        _ = flushing.Result;
        OnRequestSent();
        return ValueTask.CompletedTask;
    }

    /// <summary>The final response's head has come: its body may take as long as it likes.</summary>
    public void OnResponseReceived()
    {
        MoveTo(Progress == UpstreamProgress.Sent ? UpstreamProgress.Answered : UpstreamProgress.AnsweredEarly);
        _waits.ResponseMilliseconds = 0;
        _waits.Client.ClearResponseDeadline();
        Lease.ResponseStartedMilliseconds = _loop.NowMilliseconds;
    }

    /// <summary>Gives the connection up, and has the request ready to be sent on a fresh one.</summary>
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
            Upload.RequestStop();
            _uploading = null;
            await uploading;
        }
    }

    /// <summary>Gives the connection and the lease back; the connection is used again where both sides are done with it in order.</summary>
    /// <param name="isComplete">Whether the response was relayed to its end.</param>
    /// <param name="isTunnel">Whether the connection left HTTP.</param>
    public void Release(bool isComplete, bool isTunnel)
    {
        Debug.Assert(!IsUploading, "the upload was stopped");
        if (Lease.Part is not { } part)
        {
            return;
        }

        if (Connection is not null)
        {
            Release(TakeConnection(), isComplete, isTunnel);
        }

        Used = part;
        Lease.Release();
    }

    // Bare bytes of which the client did not tell the length are put into chunks.
    private static BodyOutput OutputFor(ClientStream client) =>
        client.InputFraming.Kind == BodyKind.UntilClose && client.RequestFraming.Kind == BodyKind.Chunked
            ? BodyOutput.Chunked
            : BodyOutput.AsIs;

    private void Release(UpstreamConnection connection, bool isComplete, bool isTunnel)
    {
        if (!isComplete || !IsRequestSent)
        {
            // Reset: neither a request cut short nor an unread response may look like a whole one.
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
                // The upstream reads no more, but may have answered; its end will show.
                _waits.RestartResponse();
                break;
        }
    }

    /// <summary>The whole request was sent: from here the upstream's time runs.</summary>
    private void OnRequestSent()
    {
        MoveTo(IsResponseReceived ? UpstreamProgress.Answered : UpstreamProgress.Sent);
        _waits.RestartResponse();
        _waits.Client.OnRequestRead();
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
