using System.Diagnostics;
using System.IO.Pipelines;
using System.Net;
using System.Runtime.CompilerServices;
using WunderProxy.Forwarding.Exchanges.Bodies;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tasks;

namespace WunderProxy.Forwarding.Exchanges.Clients;

/// <summary>
/// A request that arrived by HTTP/1, and its answer: reads the head, decides the framing, and says by
/// <see cref="Fate"/> what happens to the connection, which carries one request at a time.
/// </summary>
/// <param name="loop">The loop that owns the stream.</param>
/// <param name="settings">The settings that all loops share.</param>
/// <param name="clock">The wall-clock time of the loop.</param>
/// <param name="isToRedirect">Whether the stream's listener only redirects to <c>https</c>.</param>
internal sealed class Http1ClientStream(
    TransportLoop loop, ForwarderSettings settings, WallClock clock, bool isToRedirect = false)
    : ClientStream(loop)
{
    private Http1Connection? _connection;
    private bool _hasHeadElapsed;
    private bool _isTunnel;
    private bool _persists;

    /// <summary>What happens to the connection after this exchange.</summary>
    public ConnectionFate Fate { get; private set; }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Scheme => Tls is null ? "http"u8 : "https"u8;

    /// <inheritdoc/>
    public override TlsDetails? Tls => Transport.Tls;

    /// <inheritdoc/>
    public override bool IsToRedirect => isToRedirect;

    /// <inheritdoc/>
    public override EndPoint? RemoteEndPoint => Transport.RemoteEndPoint;

    /// <inheritdoc/>
    public override CloseReason CloseReason => Transport.CloseReason;

    /// <inheritdoc/>
    protected override int UnacknowledgedBytes => Transport.UnacknowledgedBytes;

    private TransportConnection Transport =>
        _connection?.Transport ?? throw new UnreachableException("a stream begins with its connection");

    /// <summary>Starts with the bytes that have arrived on a connection.</summary>
    public void Begin(Http1Connection connection)
    {
        _connection = connection;
        Fate = ConnectionFate.Close;
        var transport = connection.Transport;
        Open(transport.Input, transport.Output, connection.RemoteAddress, connection.IsTrusted);
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        _connection = null;
        _hasHeadElapsed = false;
        _isTunnel = false;
        _persists = false;
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    public override async ValueTask<HeadResult> ReadHeadAsync()
    {
        var isTimed = false;
        while (true)
        {
            var reading = Input.ReadAsync();
            if (!reading.IsCompleted && !isTimed)
            {
                // The time limit of the head begins with its first byte.
                isTimed = true;
                SetReadDeadline(settings.HeaderMilliseconds);
            }

            var result = await reading;
            if (_hasHeadElapsed)
            {
                HeadBytesIn = (int)result.Buffer.Length;
                Input.AdvanceTo(result.Buffer.Start);
                return new HeadResult(ForwardError.HeaderTimeout);
            }

            var status = Parse(result, out var rejection);
            if (status == ParseStatus.NeedMore && !result.IsCompleted)
            {
                continue;
            }

            ClearReadDeadline();
            switch (status)
            {
                case ParseStatus.NeedMore:
                    return new HeadResult(ForwardError.ClientGone);
                case ParseStatus.Rejected:
                    return new HeadResult(ForwardError.Rejected, rejection);
                default:
                    OnHeadRead();
                    return default;
            }
        }
    }

    /// <inheritdoc/>
    public override uint? FindRemoteUser() => Transport.FindRemoteUser();

    /// <inheritdoc/>
    public override bool TryWriteInterim(ResponseHead head)
    {
        // HTTP/1.0 has no interim responses (RFC 9110 section 15.2).
        if (Request.MinorVersion == 0)
        {
            return false;
        }

        HeadBytesOut += Http1AnswerWriter.WriteInterim(head, Output);
        return true;
    }

    /// <inheritdoc/>
    public override bool TryWriteContinue()
    {
        if (Request.MinorVersion == 0)
        {
            return false;
        }

        ContinueBytesOut = Http1AnswerWriter.WriteContinue(Output);
        return true;
    }

    /// <inheritdoc/>
    public override BodyOutput BeginAnswer(ResponseHead head, in BodyFraming framing)
    {
        // HTTP/1.0 has no chunks (RFC 9112 section 6.1).
        var body = (framing.Kind, Request.MinorVersion) switch
        {
            (BodyKind.Chunked, 0) => BodyOutput.Dechunked,
            (BodyKind.UntilClose, >= 1) => BodyOutput.Chunked,
            _ => BodyOutput.AsIs,
        };
        var endsWithConnection = body == BodyOutput.Dechunked || (framing.Kind == BodyKind.UntilClose && body == BodyOutput.AsIs);
        BeginAnswer(mayPersist: !endsWithConnection);
        var written = new Http1AnswerWriter.Framing(framing, body, ConnectionValue, Hsts);
        HeadBytesOut += Http1AnswerWriter.Write(head, written, clock, settings.Via, Output);
        return body;
    }

    /// <inheritdoc/>
    public override bool TryBeginTunnel(ResponseHead head)
    {
        OnAnswerBegun();
        _isTunnel = true;
        HeadBytesOut += Http1AnswerWriter.WriteUpgrade(head, Output);
        _connection!.OnUpgraded();
        return true;
    }

    /// <inheritdoc/>
    public override void BeginAnswer(int status, string reason, bool mayPersist)
    {
        BeginAnswer(mayPersist);
        HeadBytesOut += Http1AnswerWriter.WriteStatus(status, reason, Output);
    }

    /// <inheritdoc/>
    public override void WriteField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        HeadBytesOut += Http1AnswerWriter.WriteField(name, value, Output);

    /// <inheritdoc/>
    public override void WriteBody(ReadOnlySpan<byte> body) =>
        HeadBytesOut += Http1AnswerWriter.WriteEnd(ConnectionValue, body, Output);

    /// <inheritdoc/>
    public override void FlushSoon() => Transport.FlushSoon();

    /// <inheritdoc/>
    public override void Complete()
    {
        // A client that asked for the end sends nothing more, and if none of its bytes is unread a close cannot destroy
        // the answer.
        var mayClose = _isTunnel || (IsRequestRead && !Request.KeepAlive && Transport.IsReusable);
        Fate = _persists ? ConnectionFate.Reuse : mayClose ? ConnectionFate.Close : ConnectionFate.Linger;
    }

    /// <inheritdoc/>
    public override void Abort(ForwardError reason) => Fate = ConnectionFate.Abort;

    /// <inheritdoc/>
    public override DirectRelay? TryRelayFrom(TransportConnection upstream) => upstream.TryRelayTo(Transport);

    /// <inheritdoc/>
    public override DirectRelay? TryRelayTo(TransportConnection upstream) => Transport.TryRelayTo(upstream);

    /// <inheritdoc/>
    public override void ShutdownSend() => Transport.ShutdownSend();

    /// <inheritdoc/>
    protected override void OnReadElapsed()
    {
        if (Progress == ClientProgress.ReadingHead)
        {
            _hasHeadElapsed = true;
            Input.CancelPendingRead();
            return;
        }

        base.OnReadElapsed();
    }

    /// <summary>The value of the answer's Connection line; empty for none.</summary>
    private ReadOnlySpan<byte> ConnectionValue => (_persists, Request.MinorVersion) switch
    {
        (false, _) => "close"u8,
        (true, 0) => "keep-alive"u8,
        _ => default,
    };

    private void BeginAnswer(bool mayPersist)
    {
        _persists = mayPersist && Request.KeepAlive && IsRequestRead && !settings.IsShuttingDown;
        MayPutOff = _persists;
        OnAnswerBegun();
    }

    private ParseStatus Parse(in ReadResult result, out RequestRejection rejection)
    {
        var buffer = result.Buffer;
        var bytes = ContiguousBytes.Of(buffer);
        var status = HeadParser.ParseRequest(bytes.Span, settings.HeadLimits, Request, out var consumed, out rejection);
        bytes.Return();
        if (status == ParseStatus.Done)
        {
            HeadBytesIn = consumed;
            status = MessageFraming.DecideRequest(Request, out var framing, out rejection);
            RequestFraming = framing;
            InputFraming = framing;
        }
        else if (status == ParseStatus.Rejected)
        {
            HeadBytesIn = (int)buffer.Length;
        }

        // A refused head is left in place: what follows it is not examined any more.
        Input.AdvanceTo(
            buffer.GetPosition(consumed), status == ParseStatus.NeedMore ? buffer.End : buffer.GetPosition(consumed));
        return status;
    }
}
