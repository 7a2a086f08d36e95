using System.IO.Pipelines;

namespace WunderProxy.Forwarding.Transport.Streams;

/// <summary>A connection over non-blocking receive and send calls, which events tell when to try again.</summary>
/// <remarks>The abstract members hold all differences between epoll, portable sockets and memory.</remarks>
internal abstract class StreamConnection : TransportConnection
{
    private readonly StreamInput _input;
    private readonly StreamOutput _output;
    private CloseReason _closeReason;
    private CloseReason _remoteReason;
    private CloseReason _toldReason;
    private IConnectionWatcher? _watcher;
    private bool _shutdownWanted;
    private bool _shutdownDone;

    protected StreamConnection(WorkLoop loop)
    {
        WorkLoop = loop;
        _input = new StreamInput(this);
        _output = new StreamOutput(this);
    }

    /// <inheritdoc/>
    public sealed override TransportLoop Loop => WorkLoop;

    /// <inheritdoc/>
    public sealed override PipeReader Input => _input;

    /// <inheritdoc/>
    public sealed override PipeWriter Output => _output;

    /// <inheritdoc/>
    public sealed override CloseReason CloseReason => _closeReason;

    /// <inheritdoc/>
    public sealed override IConnectionWatcher? Watcher
    {
        get => _watcher;
        set
        {
            _watcher = value;
            _toldReason = CloseReason.None;
            TellWatcherSoon();
        }
    }

    /// <inheritdoc/>
    public sealed override bool IsReusable =>
        _closeReason == CloseReason.None && !_output.IsBusy && !_shutdownWanted && _input.IsQuiet();

    /// <summary>The owning loop, with the members that only the transport uses.</summary>
    public WorkLoop WorkLoop { get; }

    /// <summary>
    /// Whether <see cref="Close"/> or <see cref="Abort"/> has been called; the socket is closed then.
    /// </summary>
    public bool IsClosed { get; private set; }

    /// <summary>
    /// Whether the remote end has finished or reset, so that a short receive no longer means that everything was read.
    /// </summary>
    public bool IsRemoteClosed => _remoteReason != CloseReason.None;

    /// <inheritdoc/>
    public sealed override void FlushSoon() => _output.FlushSoon();

    /// <inheritdoc/>
    public sealed override void ShutdownSend()
    {
        if (IsClosed || _shutdownWanted)
        {
            return;
        }

        _shutdownWanted = true;
        OnFlushed();
    }

    /// <inheritdoc/>
    public sealed override void Close() => End(CloseReason.ClosedHere);

    /// <inheritdoc/>
    public sealed override void Abort() => End(CloseReason.AbortedHere);

    /// <summary>Whether a receive into a <see cref="BufferPool.BulkBytes">bulk block</see> is worth it.</summary>
    internal virtual bool ReceivesBulk => false;

    /// <summary>Receives bytes without waiting.</summary>
    /// <returns>Number of bytes, 0 after the last one of the remote end, or an <see cref="IoStatus"/>.</returns>
    internal abstract int Receive(Span<byte> buffer);

    /// <summary>
    /// Tests whether something can be received, without taking it; returns the same values as <see cref="Receive"/>.
    /// </summary>
    internal abstract int Peek();

    /// <summary>Sends the two spans, one after the other, without waiting.</summary>
    /// <returns>Number of bytes taken from both spans together, or an <see cref="IoStatus"/>.</returns>
    internal abstract int Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second);

    /// <inheritdoc/>
    public sealed override DirectRelay? TryRelayTo(TransportConnection destination) =>
        destination is StreamConnection other && !IsClosed && _input.IsEmpty && !other._output.IsBusy
            ? TryOpenRelayTo(other)
            : null;

    /// <summary>Waits until a receive can make progress; <see cref="PipeReader.CancelPendingRead"/> ends it.</summary>
    internal ValueTask WaitForReadableAsync() => _input.WaitForReadableAsync();

    /// <summary>Waits until a send can make progress; <see cref="PipeWriter.CancelPendingFlush"/> ends it.</summary>
    internal ValueTask WaitForWritableAsync() => _output.WaitForWritableAsync();

    /// <summary>
    /// The connection whose wait for bytes ends also when this one accepts bytes or ends; null for none. Used once.
    /// </summary>
    internal StreamConnection? WokenWhenWritable { get; set; }

    /// <summary>Opens a relay inside the kernel, or returns null if the transport offers none.</summary>
    internal virtual DirectRelay? TryOpenRelayTo(StreamConnection destination) => null;

    /// <summary>Whether a receive that bypasses <see cref="Input"/> may find bytes.</summary>
    internal bool MayReceive => _input.MayReceive;

    /// <summary>Records the result of a receive that bypassed <see cref="Input"/>.</summary>
    internal void NoteReceived(int received) => _input.NoteReceived(received);

    /// <summary>
    /// Arranges for <see cref="OnReadable"/> to be called, after a receive has returned
    /// <see cref="IoStatus.WouldBlock"/>.
    /// </summary>
    internal abstract void AwaitReadable();

    /// <summary>Called when the operating system has taken all flushed bytes.</summary>
    internal void OnFlushed()
    {
        if (_shutdownWanted && !_shutdownDone && !IsClosed && !_output.IsBusy)
        {
            _shutdownDone = true;
            ShutdownSocketSend();
        }
    }

    /// <summary>Records that the remote end finished or reset, and notifies the watcher.</summary>
    internal void NoteRemoteClosed(CloseReason reason)
    {
        if (_remoteReason < reason)
        {
            _remoteReason = reason;
            SetCloseReason(reason);
            TellWatcherSoon();
        }
    }

    /// <summary>Reports that bytes, or the end of the stream, may be received.</summary>
    protected void OnReadable() => _input.OnReadable();

    /// <summary>Reports that more bytes may be sent.</summary>
    /// <param name="takenBytes">
    /// Number of bytes at the front of the queue that have been sent since the last send call.
    /// </param>
    protected void OnWritable(int takenBytes) => _output.OnWritable(takenBytes);

    /// <summary>Ends the wait of <see cref="WokenWhenWritable"/>.</summary>
    protected void WakeReaderOfOther()
    {
        if (WokenWhenWritable is { } other)
        {
            WokenWhenWritable = null;
            other._input.EndWaitSoon();
        }
    }

    /// <summary>Closes the sending side of the socket.</summary>
    protected abstract void ShutdownSocketSend();

    /// <summary>Closes the socket, with a reset when <paramref name="reason"/> is <see cref="CloseReason.AbortedHere"/>.</summary>
    protected abstract void CloseSocket(CloseReason reason);

    private void End(CloseReason reason)
    {
        if (IsClosed)
        {
            return;
        }

        if (reason == CloseReason.ClosedHere && !_output.TrySendDue())
        {
            // The remote end has not accepted bytes for a long time; an orderly close would look as if it had received
            // them.
            reason = CloseReason.AbortedHere;
        }

        IsClosed = true;
        SetCloseReason(reason);
        CloseSocket(reason);
        _input.OnClosed();
        _output.OnClosed();
        WakeReaderOfOther();
    }

    private void TellWatcherSoon()
    {
        // Posted, because the end is often found inside a call that the watching code makes.
        if (_watcher is not null && _toldReason < _remoteReason && !IsClosed)
        {
            WorkLoop.Post(static connection => ((StreamConnection)connection!).TellWatcher(), this);
        }
    }

    private void TellWatcher()
    {
        if (_watcher is { } watcher && _toldReason < _remoteReason && !IsClosed)
        {
            _toldReason = _remoteReason;
            watcher.OnRemoteClosed(this, _remoteReason);
        }
    }

    private void SetCloseReason(CloseReason reason)
    {
        // A half-closed connection can still end in another way; every other reason is final.
        if (_closeReason is CloseReason.None or CloseReason.RemoteFinished)
        {
            _closeReason = reason;
        }
    }
}
