using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;
using WunderProxy.Forwarding.Transport.Streams;

namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>One attempt to connect, whose time limit is a timer of its loop.</summary>
internal sealed unsafe class EpollConnector(EpollLoop loop, EndPoint endPoint)
    : LoopTimer, IEpollTarget, IValueTaskSource<ConnectResult>
{
    private int _descriptor = -1;
    private ConnectResult _result;
    private LoopWait _wait;

    /// <inheritdoc/>
    public uint Generation { get; set; }

    /// <inheritdoc/>
    public bool IsConnection => false;

    public ValueTask<ConnectResult> ConnectAsync(int timeoutMilliseconds)
    {
        _wait.Begin();
        if (Open() is var error and not 0)
        {
            Fail(error);
        }
        else if (timeoutMilliseconds > 0 && _wait.IsWaiting)
        {
            loop.Timers.Arm(this, loop.NowMilliseconds, timeoutMilliseconds);
        }

        return new ValueTask<ConnectResult>(this, _wait.Version);
    }

    /// <inheritdoc/>
    public void OnEvents(EpollEvents events)
    {
        var error = 0;
        var length = (uint)sizeof(int);
        _ = LinuxCalls.GetSocketOption(_descriptor, LinuxCalls.SolSocket, LinuxCalls.SoError, &error, &length);
        if (error == 0 && IsConnectedToItself())
        {
            error = Errno.ConnectionRefused;
        }

        if (error != 0)
        {
            Fail(error);
            return;
        }

        var connection = new EpollConnection(loop, _descriptor, default, endPoint);
        loop.Replace(_descriptor, connection);
        Finish(new ConnectResult(connection, SocketError.Success));
        connection.OnEvents(events);
    }

    /// <inheritdoc/>
    public void OnLoopEnds() => OnElapsed();

    ConnectResult IValueTaskSource<ConnectResult>.GetResult(short token)
    {
        _wait.End(token);
        return _result;
    }

    ValueTaskSourceStatus IValueTaskSource<ConnectResult>.GetStatus(short token) => _wait.Status;

    void IValueTaskSource<ConnectResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(loop, continuation, state);

    /// <inheritdoc/>
    protected internal override void OnElapsed() => Fail(Errno.TimedOut);

    private int Open()
    {
        var family = endPoint.AddressFamily;
        _descriptor = LinuxCalls.Socket(
            LinuxFamily(family), LinuxCalls.SockStream | LinuxCalls.SockNonBlock | LinuxCalls.SockCloseOnExec, 0);
        if (_descriptor < 0)
        {
            return LinuxCalls.LastError;
        }

        if (family != AddressFamily.Unix)
        {
            var on = 1;
            _ = LinuxCalls.SetSocketOption(
                _descriptor, LinuxCalls.IpProtoTcp, LinuxCalls.TcpNoDelay, &on, sizeof(int));
        }

        // A unix socket whose backlog is full answers EAGAIN and offers nothing to wait for, which counts as refused.
        var error = Connect();
        return error is 0 or Errno.InProgress ? Watch()
            : error == Errno.TryAgain ? Errno.ConnectionRefused
            : error;
    }

    private int Connect()
    {
        var address = endPoint.Serialize();
        fixed (byte* bytes = address.Buffer.Span)
        {
            return LinuxCalls.Connect(_descriptor, bytes, address.Size) == 0 ? 0 : LinuxCalls.LastError;
        }
    }

    private int Watch() => loop.Register(_descriptor, this, EpollEvents.Connection) ? 0 : Errno.NoMemory;

    /// <summary>
    /// Whether TCP's simultaneous open has connected the socket to itself. This happens on loopback if the port is in
    /// the ephemeral range and no process listens there; the connection would keep the upstream from binding its port
    /// again.
    /// </summary>
    private bool IsConnectedToItself() =>
        endPoint is IPEndPoint remote && SocketName.Of(_descriptor) is { } local
        && local.Port == remote.Port && local.Address.Equals(remote.Address);

    private static int LinuxFamily(AddressFamily family) => family switch
    {
        AddressFamily.Unix => 1,
        AddressFamily.InterNetwork => 2,
        AddressFamily.InterNetworkV6 => 10,
        _ => throw new ArgumentException($"Cannot connect to an address of family {family}.", nameof(family)),
    };

    private void Fail(int error)
    {
        if (_descriptor >= 0)
        {
            loop.Forget(_descriptor);
            _ = LinuxCalls.Close(_descriptor);
        }

        Finish(new ConnectResult(null, Errno.ToSocketError(error)));
    }

    private void Finish(ConnectResult result)
    {
        loop.Timers.Disarm(this);
        _descriptor = -1;
        _result = result;
        _wait.CompleteSoon(loop);
    }
}
