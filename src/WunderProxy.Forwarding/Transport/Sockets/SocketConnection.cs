using System.Net;
using System.Net.Sockets;
using WunderProxy.Forwarding.Transport.Streams;

namespace WunderProxy.Forwarding.Transport.Sockets;

/// <summary>
/// A connection over the runtime's portable sockets; a zero-byte receive reports when there is something to read.
/// </summary>
#pragma warning disable CA1001 // CloseSocket disposes of everything: every connection ends there.
internal sealed class SocketConnection : StreamConnection
#pragma warning restore CA1001
{
    private const int MaxSendBytes = 64 * 1024;

    private readonly Socket _socket;
    private readonly SocketLoop _loop;
    private readonly SocketAsyncEventArgs _receive;
    private SocketAsyncEventArgs? _send;
    private bool _isReceiving;
    private bool _isSending;

    public SocketConnection(SocketLoop loop, Socket socket, EndPoint? remoteFallback)
        : base(loop)
    {
        _loop = loop;
        _socket = socket;
        _socket.Blocking = false;
        if (socket.AddressFamily != AddressFamily.Unix)
        {
            _socket.NoDelay = true;
        }

        // Read at the start: a connection that was reset has no addresses any more.
        RemoteEndPoint = SocketAddresses.RemoteOf(socket) ?? remoteFallback;
        LocalEndPoint = SocketAddresses.LocalOf(socket);
        _receive = new SocketAsyncEventArgs(unsafeSuppressExecutionContextFlow: true);
        _receive.Completed += (_, _) => _loop.Post(static self => ((SocketConnection)self!).OnReceiveReady(), this);
    }

    /// <inheritdoc/>
    public override EndPoint? RemoteEndPoint { get; }

    /// <inheritdoc/>
    public override EndPoint? LocalEndPoint { get; }

    /// <inheritdoc/>
    public override int UnacknowledgedBytes => IsClosed ? 0 : SendQueue.BytesOf((int)_socket.Handle);

    /// <inheritdoc/>
    public override uint? FindRemoteUser() =>
        IsClosed ? null : RemoteUser.Of((int)_socket.Handle, RemoteEndPoint, LocalEndPoint);

    /// <inheritdoc/>
    internal override int Receive(Span<byte> buffer)
    {
        var received = _socket.Receive(buffer, SocketFlags.None, out var error);
        return error == SocketError.Success ? received : ToStatus(error);
    }

    /// <inheritdoc/>
    internal override int Peek()
    {
        Span<byte> one = stackalloc byte[1];
        var received = _socket.Receive(one, SocketFlags.Peek, out var error);
        return error == SocketError.Success ? received : ToStatus(error);
    }

    /// <inheritdoc/>
    internal override int Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (_isSending)
        {
            return IoStatus.WouldBlock;
        }

        var part = first.IsEmpty ? second : first;
        var sent = _socket.Send(part, SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
        {
            SendLater(part);
        }

        return error == SocketError.Success ? sent : ToStatus(error);
    }

    /// <inheritdoc/>
    internal override void AwaitReadable()
    {
        if (_isReceiving || IsClosed)
        {
            return;
        }

        _isReceiving = true;
        _receive.SetBuffer(Memory<byte>.Empty);
        if (!_socket.ReceiveAsync(_receive))
        {
            _loop.Post(static self => ((SocketConnection)self!).OnReceiveReady(), this);
        }
    }

    /// <inheritdoc/>
    protected override void ShutdownSocketSend()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The remote end has reset meanwhile; the next read reports it.
        }
    }

    /// <inheritdoc/>
    protected override void CloseSocket(CloseReason reason)
    {
        _loop.Forget(this);
        if (reason == CloseReason.AbortedHere && _socket.AddressFamily != AddressFamily.Unix)
        {
            _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        else if (reason == CloseReason.ClosedHere)
        {
            // The runtime resets a socket that is disposed of during a receive, unless it was shut down before.
            ShutdownSocketSend();
        }

        _socket.Dispose();
        _receive.Dispose();
        _send?.Dispose();
    }

    private static int ToStatus(SocketError error) =>
        error == SocketError.WouldBlock ? IoStatus.WouldBlock : IoStatus.Broken;

    private void OnReceiveReady()
    {
        _isReceiving = false;
        if (IsClosed)
        {
            return;
        }

        // A reset is reported to one call only, so the result of the peek has to be kept.
        var status = _receive.SocketError == SocketError.Success ? Peek() : IoStatus.Broken;
        if (status is 0 or IoStatus.Broken)
        {
            NoteRemoteClosed(status == 0 ? CloseReason.RemoteFinished : CloseReason.RemoteReset);
        }

        OnReadable();
    }

    private void SendLater(ReadOnlySpan<byte> bytes)
    {
        if (_send is null)
        {
            _send = new SocketAsyncEventArgs(unsafeSuppressExecutionContextFlow: true);
            _send.Completed += (_, _) => _loop.Post(static self => ((SocketConnection)self!).OnSent(), this);
        }

        // A copy, because after a cancelled flush the caller takes its memory back.
        var copied = bytes[..Math.Min(bytes.Length, MaxSendBytes)].ToArray();
        _isSending = true;
        _send.SetBuffer(copied);
        if (!_socket.SendAsync(_send))
        {
            _loop.Post(static self => ((SocketConnection)self!).OnSent(), this);
        }
    }

    private void OnSent()
    {
        _isSending = false;
        if (IsClosed)
        {
            return;
        }

        var taken = _send!.SocketError == SocketError.Success ? _send.BytesTransferred : 0;
        _send.SetBuffer(null);
        OnWritable(taken);
    }
}
