using System.Net;
using WunderProxy.Forwarding.Transport.Streams;

namespace WunderProxy.Forwarding.Transport.Memory;

/// <summary>
/// One end of an in-memory stream, for tests and benchmarks that need no port. Both ends live on one loop.
/// </summary>
internal sealed class MemoryConnection : StreamConnection
{
    private readonly byte[] _arrived;
    private MemoryConnection _otherEnd;
    private int _start;
    private int _count;
    private bool _hasRemoteFinished;
    private bool _hasRemoteReset;
    private bool _isRemoteBlocked;
    private bool _isEventPosted;

    private MemoryConnection(WorkLoop loop, int capacityBytes)
        : base(loop)
    {
        _arrived = new byte[capacityBytes];
        _otherEnd = this;
    }

    /// <inheritdoc/>
    public override EndPoint? RemoteEndPoint => RemoteAddress;

    /// <inheritdoc/>
    public override EndPoint? LocalEndPoint => _otherEnd.RemoteAddress;

    /// <summary>The address that <see cref="RemoteEndPoint"/> returns.</summary>
    public EndPoint RemoteAddress { get; set; } = new IPEndPoint(IPAddress.Loopback, 1);

    /// <summary>Opens a relay from this connection to another one; null if there are no relays.</summary>
    public Func<MemoryConnection, MemoryConnection, DirectRelay?>? RelayOpener { get; set; }

    /// <summary>Creates two connected ends.</summary>
    /// <param name="loop">The loop that owns both ends.</param>
    /// <param name="capacityBytes">Bytes under way in each direction after which the sender has to wait.</param>
    public static (MemoryConnection First, MemoryConnection Second) CreatePair(
        WorkLoop loop, int capacityBytes = 64 * 1024)
    {
        var first = new MemoryConnection(loop, capacityBytes);
        var second = new MemoryConnection(loop, capacityBytes) { _otherEnd = first };
        first._otherEnd = second;
        return (first, second);
    }

    /// <inheritdoc/>
    internal override int Receive(Span<byte> buffer)
    {
        if (_count == 0)
        {
            return StatusWhenEmpty();
        }

        var taken = 0;
        while (taken < buffer.Length && _count > 0)
        {
            var run = Math.Min(Math.Min(_count, _arrived.Length - _start), buffer.Length - taken);
            _arrived.AsSpan(_start, run).CopyTo(buffer[taken..]);
            _start = (_start + run) % _arrived.Length;
            _count -= run;
            taken += run;
        }

        if (_isRemoteBlocked)
        {
            _isRemoteBlocked = false;
            _otherEnd.PostEvent();
        }

        return taken;
    }

    /// <inheritdoc/>
    internal override int Peek() => _count > 0 ? 1 : StatusWhenEmpty();

    /// <inheritdoc/>
    internal override int Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (_otherEnd.IsClosed)
        {
            return IoStatus.Broken;
        }

        var sent = _otherEnd.Take(first);
        if (sent == first.Length)
        {
            sent += _otherEnd.Take(second);
        }

        if (sent == 0)
        {
            _otherEnd._isRemoteBlocked = true;
            return IoStatus.WouldBlock;
        }

        _otherEnd.PostEvent();
        return sent;
    }

    /// <inheritdoc/>
    internal override DirectRelay? TryOpenRelayTo(StreamConnection destination) =>
        RelayOpener?.Invoke(this, (MemoryConnection)destination);

    /// <inheritdoc/>
    internal override void AwaitReadable()
    {
        // Empty: every arrival posts an event.
    }

    /// <inheritdoc/>
    protected override void ShutdownSocketSend()
    {
        _otherEnd._hasRemoteFinished = true;
        _otherEnd.PostEvent();
    }

    /// <inheritdoc/>
    protected override void CloseSocket(CloseReason reason)
    {
        _otherEnd._hasRemoteFinished = true;
        _otherEnd._hasRemoteReset |= reason == CloseReason.AbortedHere;
        _otherEnd.PostEvent();
    }

    private int StatusWhenEmpty()
    {
        if (_hasRemoteReset)
        {
            return IoStatus.Broken;
        }

        return _hasRemoteFinished ? 0 : IoStatus.WouldBlock;
    }

    private int Take(ReadOnlySpan<byte> bytes)
    {
        var taken = 0;
        while (taken < bytes.Length && _count < _arrived.Length)
        {
            var end = (_start + _count) % _arrived.Length;
            var run = Math.Min(Math.Min(_arrived.Length - _count, _arrived.Length - end), bytes.Length - taken);
            bytes.Slice(taken, run).CopyTo(_arrived.AsSpan(end));
            _count += run;
            taken += run;
        }

        return taken;
    }

    private void PostEvent()
    {
        if (!_isEventPosted && !IsClosed)
        {
            _isEventPosted = true;
            WorkLoop.Post(static connection => ((MemoryConnection)connection!).OnEvent(), this);
        }
    }

    private void OnEvent()
    {
        _isEventPosted = false;
        if (IsClosed)
        {
            return;
        }

        if (_hasRemoteFinished)
        {
            NoteRemoteClosed(_hasRemoteReset ? CloseReason.RemoteReset : CloseReason.RemoteFinished);
        }

        OnWritable(0);
        WakeReaderOfOther();
        if (!IsClosed)
        {
            OnReadable();
        }
    }
}
