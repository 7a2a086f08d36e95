using System.Diagnostics;
using System.IO.Pipelines;
using System.Net;
using WunderProxy.Forwarding.Exchanges.Bodies;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Exchanges.Clients;

/// <summary>
/// One request as its client sees it: the head, the body on its way in, the answer on its way out, and the deadlines of
/// both, on a timer of its own. There is one kind of stream for each protocol that clients speak; the code that serves
/// an exchange does not know which. Used on one loop, for one request after another; an idle connection has none.
/// </summary>
/// <remarks>
/// <para>An answer is given once: by <see cref="BeginAnswer(ResponseHead, in BodyFraming)"/> for the upstream's, by
/// <see cref="BeginAnswer(int, string, bool)"/> for the proxy's own, or by <see cref="TryBeginTunnel"/>. Each is
/// followed by bytes in <see cref="Output"/>, then by <see cref="Complete"/> or <see cref="Abort"/>.</para>
/// <para>A kind may decline what it need not support: interim answers, tunnels, relays inside the kernel.</para>
/// </remarks>
internal abstract class ClientStream(TransportLoop loop) : LoopTimer
{
    private PipeReader? _input;
    private PipeWriter? _output;
    private Deadlines _deadlines;
    private int _writeMilliseconds;
    private int _queuedBytes;

    /// <summary>The exchange that the stream serves; set once.</summary>
    public IStreamWatcher? Watcher { get; set; }

    /// <summary>The head of the request, complete once it was accepted.</summary>
    public RequestHead Request { get; } = new();

    /// <summary>
    /// The framing of the request's body towards the upstream: none, a length, or chunked if the client did not tell a
    /// length.
    /// </summary>
    public BodyFraming RequestFraming { get; protected set; }

    /// <summary>
    /// How the body lies in <see cref="Input"/>: in HTTP/1 framed as the client framed it;
    /// <see cref="BodyFraming.UntilClose"/> if a kind delivers bare bytes and then the end, which
    /// <see cref="HasEndedInOrder"/> describes.
    /// </summary>
    public BodyFraming InputFraming { get; protected set; }

    /// <summary>The body of the request. Advancing the reader is what lets the client send more.</summary>
    public PipeReader Input => _input ?? throw new UnreachableException("a stream is opened first");

    /// <summary>The body of the answer. A flush completes when the client may get more.</summary>
    public PipeWriter Output => _output ?? throw new UnreachableException("a stream is opened first");

    /// <summary>The client's address; null on a unix socket.</summary>
    public IPAddress? Address { get; private set; }

    /// <summary>Whether forwarding headers from this address are believed.</summary>
    public bool IsAddressTrusted { get; private set; }

    /// <summary>The scheme that the client used: <c>http</c> or <c>https</c>.</summary>
    public abstract ReadOnlySpan<byte> Scheme { get; }

    /// <summary>The result of the TLS handshake; null if the client speaks without TLS.</summary>
    public virtual TlsDetails? Tls => null;

    /// <summary>Whether the client came by a listener that only redirects to <c>https</c>.</summary>
    public virtual bool IsToRedirect => false;

    /// <summary>The value of the answer's Strict-Transport-Security line if the application sends none; null for no line.</summary>
    public byte[]? Hsts { get; set; }

    /// <summary>Address and port of the remote end; null if it has no address.</summary>
    public abstract EndPoint? RemoteEndPoint { get; }

    /// <summary>Why the client is gone, or has nothing more to send on the whole connection; none while it is there.</summary>
    public abstract CloseReason CloseReason { get; }

    /// <summary>
    /// Whether the client made the end of <see cref="Input"/> in order, and the connection did not break. In protocols
    /// that mark the end of a body by a flag, this end does not close the connection.
    /// </summary>
    public virtual bool HasEndedInOrder => CloseReason == CloseReason.RemoteFinished;

    /// <summary>How far the exchange has come on the client's side.</summary>
    public ClientProgress Progress { get; private set; }

    /// <summary>Whether the head is complete and was accepted.</summary>
    public bool IsHeadComplete => Progress > ClientProgress.Refusing;

    /// <summary>Whether the whole request has been read.</summary>
    public bool IsRequestRead => Progress is ClientProgress.RequestRead or ClientProgress.Answering;

    /// <summary>Whether a final answer has begun, so that no other can be given.</summary>
    public bool IsAnswering => Progress is ClientProgress.Answering or ClientProgress.AnsweringEarly or ClientProgress.Refusing;

    /// <summary>Whether the client waits for an interim answer before it sends its body.</summary>
    public bool IsContinueAwaited => Progress == ClientProgress.AwaitingContinue;

    /// <summary>
    /// Whether the end of the answer may be sent together with those of other streams, at the end of the loop's turn.
    /// </summary>
    public bool MayPutOff { get; protected set; }

    /// <summary>Bytes of the request's head, as received; of a refused head what had arrived, with what may follow it.</summary>
    public int HeadBytesIn { get; protected set; }

    /// <summary>Bytes of answer heads, and of the proxy's own answers as a whole, as sent.</summary>
    public long HeadBytesOut { get; protected set; }

    /// <summary>Bytes of an interim answer of the proxy's own (100), as sent; not counted among those of heads.</summary>
    public int ContinueBytesOut { get; protected set; }

    /// <summary>The loop that owns the stream.</summary>
    public TransportLoop Loop => loop;

    /// <summary>Reads the request's head, within its time limit.</summary>
    public abstract ValueTask<HeadResult> ReadHeadAsync();

    /// <summary>
    /// Asks the kernel to which user of this machine the client belongs; returns null if it does not tell.
    /// </summary>
    public abstract uint? FindRemoteUser();

    /// <summary>Writes an interim answer (1xx), which the caller flushes.</summary>
    /// <returns>False if the client cannot be sent one; nothing was written then.</returns>
    public abstract bool TryWriteInterim(ResponseHead head);

    /// <summary>Writes an interim answer of the proxy's own, 100, which the caller flushes.</summary>
    /// <returns>False if the client cannot be sent one; nothing was written then.</returns>
    public abstract bool TryWriteContinue();

    /// <summary>Writes the head of the upstream's final answer.</summary>
    /// <param name="head">The head of the answer, as received.</param>
    /// <param name="framing">
    /// The framing of the body that follows; <see cref="BodyFraming.UntilClose"/> if its length is unknown.
    /// </param>
    /// <returns>How the body has to be encoded in <see cref="Output"/>.</returns>
    public abstract BodyOutput BeginAnswer(ResponseHead head, in BodyFraming framing);

    /// <summary>Leaves HTTP with the upstream's 101 answer; the bytes that follow belong to a tunnel.</summary>
    /// <returns>False if the client cannot leave HTTP here; nothing was written then.</returns>
    public abstract bool TryBeginTunnel(ResponseHead head);

    /// <summary>
    /// Begins the head of an answer of the proxy's own; lines follow by <see cref="WriteField"/>, then
    /// <see cref="WriteBody"/>.
    /// </summary>
    /// <param name="status">The status code.</param>
    /// <param name="reason">The reason phrase, for protocols that have one.</param>
    /// <param name="mayPersist">Whether the connection may serve other exchanges afterwards.</param>
    public abstract void BeginAnswer(int status, string reason, bool mayPersist);

    /// <summary>Writes one header line of an answer of the proxy's own.</summary>
    public abstract void WriteField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value);

    /// <summary>Ends the head of an answer of the proxy's own and writes its body, which the caller flushes.</summary>
    public abstract void WriteBody(ReadOnlySpan<byte> body);

    /// <summary>Sends the bytes written so far at the end of the loop's turn.</summary>
    public abstract void FlushSoon();

    /// <summary>Ends the stream after a complete answer.</summary>
    public abstract void Complete();

    /// <summary>
    /// Ends the stream without a complete answer, so that the client cannot take what it received for one. What the
    /// client sees depends on the kind: HTTP/1 resets the connection.
    /// </summary>
    /// <param name="reason">The reason, by which a protocol with reset codes chooses one.</param>
    public abstract void Abort(ForwardError reason);

    /// <summary>
    /// Opens a relay inside the kernel from the upstream to the client; null if the kind or the kernel has none.
    /// </summary>
    public virtual DirectRelay? TryRelayFrom(TransportConnection upstream) => null;

    /// <summary>
    /// Opens a relay inside the kernel from the client to the upstream; null if the kind or the kernel has none.
    /// </summary>
    public virtual DirectRelay? TryRelayTo(TransportConnection upstream) => null;

    /// <summary>Ends our sending side of a tunnel; reading goes on.</summary>
    public virtual void ShutdownSend() => throw new UnreachableException("a kind that opens no tunnel ends none");

    /// <summary>
    /// Records that the request's head was sent on; from now on the client may wait for an interim answer.
    /// </summary>
    public void OnHeadSent()
    {
        if (Progress == ClientProgress.ReadingBody && Request.Expects100Continue)
        {
            MoveTo(ClientProgress.AwaitingContinue);
        }
    }

    /// <summary>
    /// Records that the client got its interim answer, or that the request is sent again, so that no client waits for
    /// one.
    /// </summary>
    public void OnContinued()
    {
        if (Progress == ClientProgress.AwaitingContinue)
        {
            MoveTo(ClientProgress.ReadingBody);
        }
    }

    /// <summary>Records that the request's body has been read to its end.</summary>
    public void OnRequestRead()
    {
        if (!IsRequestRead)
        {
            MoveTo(Progress == ClientProgress.AnsweringEarly ? ClientProgress.Answering : ClientProgress.RequestRead);
            TellIfClosed();
        }
    }

    /// <summary>Records that the request's body has been read to its end and is held, with its framing from here on.</summary>
    public void OnRequestHeld(BodyFraming framing)
    {
        RequestFraming = framing;
        OnRequestRead();
    }

    /// <summary>
    /// Records that the client finished its side or reset; before the head is complete, the code that reads notices.
    /// </summary>
    public void OnClosed(CloseReason reason)
    {
        if (IsHeadComplete)
        {
            Watcher?.OnClientClosed(reason);
        }
    }

    /// <summary>Notifies the watcher if the client has already finished its side or reset.</summary>
    public void TellIfClosed()
    {
        if (CloseReason is var reason and (CloseReason.RemoteFinished or CloseReason.RemoteReset))
        {
            OnClosed(reason);
        }
    }

    /// <summary>
    /// Limits the time for what the client sends next, in milliseconds from now; 0 removes the limit.
    /// </summary>
    public void SetReadDeadline(int milliseconds) => _deadlines.ClientRead = Arm(milliseconds);

    /// <summary>Removes the limit on what the client sends next.</summary>
    public void ClearReadDeadline() => _deadlines.ClientRead = 0;

    /// <summary>
    /// Limits the time in which the client has to accept what was sent, in milliseconds from now; 0 removes the limit.
    /// </summary>
    public void SetWriteDeadline(int milliseconds)
    {
        _deadlines.ClientWrite = Arm(milliseconds);
        _writeMilliseconds = milliseconds;
        _queuedBytes = milliseconds == 0 ? 0 : UnacknowledgedBytes;
    }

    /// <summary>Lifts the limit on how long the client may take nothing.</summary>
    public void ClearWriteDeadline() => _deadlines.ClientWrite = 0;

    /// <summary>
    /// Limits the time for the upstream's response, or for a pause, in milliseconds from now; 0 removes the limit.
    /// </summary>
    public void SetResponseDeadline(int milliseconds) => _deadlines.Response = Arm(milliseconds);

    /// <summary>Removes the limit on the response or the pause.</summary>
    public void ClearResponseDeadline() => _deadlines.Response = 0;

    /// <summary>Whether a read has a time limit, which means that bytes of the client are being awaited.</summary>
    public bool IsReadTimed => _deadlines.ClientRead != 0;

    /// <summary>
    /// Whether the client has been silent, or has accepted nothing, so long that little time is left until its
    /// deadline.
    /// </summary>
    /// <param name="leftMilliseconds">Most time that may be left, in milliseconds.</param>
    public bool IsOverdue(long leftMilliseconds) =>
        IsNear(_deadlines.ClientRead, leftMilliseconds) || IsNear(_deadlines.ClientWrite, leftMilliseconds);

    /// <summary>Prepares the stream for its next request; nothing of the previous one is kept.</summary>
    public virtual void Reset()
    {
        // The timer keeps its place in the wheel: usually the next request arms it again before it is visited.
        _deadlines = default;
        _input = null;
        _output = null;
        Address = null;
        Request.Reset();
        RequestFraming = BodyFraming.None;
        InputFraming = BodyFraming.None;
        Progress = ClientProgress.ReadingHead;
        MayPutOff = false;
        Hsts = null;
        HeadBytesIn = 0;
        HeadBytesOut = 0;
        ContinueBytesOut = 0;
    }

    /// <summary>Takes the stream out of use for good, and its timer out of the wheel.</summary>
    public void Retire()
    {
        _deadlines = default;
        loop.Timers.Disarm(this);
    }

    /// <inheritdoc/>
    protected internal sealed override void OnElapsed()
    {
        var now = loop.NowMilliseconds;
        if (_deadlines.ClientRead != 0 && _deadlines.ClientRead <= now)
        {
            _deadlines.ClientRead = 0;
            OnReadElapsed();
        }

        if (_deadlines.ClientWrite != 0 && _deadlines.ClientWrite <= now)
        {
            OnWriteElapsed(now);
        }

        if (_deadlines.Response != 0 && _deadlines.Response <= now)
        {
            _deadlines.Response = 0;
            Watcher?.OnResponseElapsed();
        }

        // Deadlines move much more often than they are due: the timer kept its place and is moved here.
        if (_deadlines.Earliest is not 0 and var earliest)
        {
            loop.Timers.Arm(this, now, Math.Max(1, earliest - now));
        }
    }

    /// <summary>Starts a request: says where its bytes come from and go to, and who asks.</summary>
    protected void Open(PipeReader input, PipeWriter output, IPAddress? address, bool isAddressTrusted)
    {
        _input = input;
        _output = output;
        Address = address;
        IsAddressTrusted = isAddressTrusted;
    }

    /// <summary>Records that the head is complete and was accepted.</summary>
    protected void OnHeadRead() =>
        MoveTo(RequestFraming.HasBody ? ClientProgress.ReadingBody : ClientProgress.RequestRead);

    /// <summary>Records that a final answer begins.</summary>
    protected void OnAnswerBegun() => MoveTo(Progress switch
    {
        ClientProgress.ReadingHead => ClientProgress.Refusing,
        ClientProgress.RequestRead => ClientProgress.Answering,
        _ => ClientProgress.AnsweringEarly,
    });

    /// <summary>Bytes that were sent and that the client has not acknowledged; 0 where that is not known.</summary>
    protected virtual int UnacknowledgedBytes => 0;

    /// <summary>Called when the client sent nothing for longer than the read deadline allowed.</summary>
    protected virtual void OnReadElapsed() => Watcher?.OnReadElapsed();

    /// <summary>
    /// Ends the wait for a client that takes nothing. The kernel holds megabytes for a client and tells only when about
    /// half of them are gone: one that takes some of them meanwhile gets the whole time again.
    /// </summary>
    private void OnWriteElapsed(long now)
    {
        var queued = UnacknowledgedBytes;
        if (queued < _queuedBytes)
        {
            _queuedBytes = queued;
            _deadlines.ClientWrite = now + _writeMilliseconds;
            return;
        }

        _deadlines.ClientWrite = 0;
        Watcher?.OnWriteElapsed();
    }

    private void MoveTo(ClientProgress next)
    {
        var isLegal = (Progress, next) switch
        {
            (ClientProgress.ReadingHead, ClientProgress.Refusing) => true,
            (ClientProgress.ReadingHead, ClientProgress.ReadingBody or ClientProgress.RequestRead) => true,
            (ClientProgress.ReadingBody, ClientProgress.AwaitingContinue) => true,
            (ClientProgress.AwaitingContinue, ClientProgress.ReadingBody) => true,
            (ClientProgress.ReadingBody or ClientProgress.AwaitingContinue, ClientProgress.RequestRead) => true,
            (ClientProgress.ReadingBody or ClientProgress.AwaitingContinue, ClientProgress.AnsweringEarly) => true,
            (ClientProgress.RequestRead or ClientProgress.AnsweringEarly, ClientProgress.Answering) => true,
            _ => false,
        };
        if (!isLegal)
        {
            throw new UnreachableException($"the client's side cannot go from {Progress} to {next}");
        }

        Progress = next;
    }

    private bool IsNear(long deadline, long leftMilliseconds) =>
        deadline != 0 && deadline - loop.NowMilliseconds <= leftMilliseconds;

    private long Arm(int milliseconds)
    {
        if (milliseconds == 0)
        {
            return 0;
        }

        var now = loop.NowMilliseconds;
        var due = now + milliseconds;
        if (DueMilliseconds == 0 || DueMilliseconds > due)
        {
            loop.Timers.Arm(this, now, milliseconds);
        }

        return due;
    }
}
