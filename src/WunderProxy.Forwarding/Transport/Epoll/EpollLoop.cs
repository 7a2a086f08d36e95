using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Transport.OpenSsl;
using WunderProxy.Forwarding.Transport.Streams;

namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>A thread that waits on one epoll instance and handles what becomes ready.</summary>
internal sealed unsafe class EpollLoop : ThreadLoop
{
    // Most events handled before posted work and timers get their turn.
    private const int EventsPerTurn = 256;

    private readonly int _epoll;
    private readonly int _wakeUp;
    private readonly EpollEventBuffer _events = new(EventsPerTurn);
    private IEpollTarget?[] _targets = new IEpollTarget?[256];
    private uint _generation;
    private int _eventCount;
    private int _connectionCount;
    private TlsWire? _wire;
    private HandshakeQueue? _handshakes;

    public EpollLoop(int index, int maxPipes, TimeProvider clock, ILogger logger)
        : base(index, clock, logger)
    {
        Relays = new SpliceRelayPool(maxPipes);
        _epoll = Check(LinuxCalls.EpollCreate(LinuxCalls.EpollCloseOnExec));
        _wakeUp = Check(LinuxCalls.EventFd(0, LinuxCalls.EventFdNonBlock | LinuxCalls.EventFdCloseOnExec));

        // Edge-triggered, so that every write causes an event and the counter need not be read back.
        Control(LinuxCalls.EpollCtlAdd, _wakeUp, EpollEvents.In | EpollEvents.EdgeTriggered, 0);
    }

    /// <summary>The relays that splice bytes between connections of this loop.</summary>
    public SpliceRelayPool Relays { get; }

    /// <summary>The wire of the TLS sessions of this loop.</summary>
    public TlsWire Wire => _wire ??= new TlsWire();

    /// <summary>The TLS handshakes that can go on.</summary>
    public HandshakeQueue Handshakes => _handshakes ??= new HandshakeQueue(this);

    /// <summary>Number of connections of this loop; other loops read this to balance.</summary>
    public int ConnectionCount => Volatile.Read(ref _connectionCount);

    /// <inheritdoc/>
    public override ValueTask<ConnectResult> ConnectAsync(EndPoint endPoint, int timeoutMilliseconds) =>
        new EpollConnector(this, endPoint).ConnectAsync(timeoutMilliseconds);

    /// <summary>Registers <paramref name="target"/> for events on <paramref name="descriptor"/>.</summary>
    /// <returns>Whether the kernel accepted the registration; its limit of watches may be reached.</returns>
    public bool Register(int descriptor, IEpollTarget target, EpollEvents events)
    {
        if (descriptor >= _targets.Length)
        {
            Array.Resize(ref _targets, Math.Max(descriptor + 1, _targets.Length * 2));
        }

        target.Generation = ++_generation;
        _targets[descriptor] = target;
        var data = ((ulong)target.Generation << 32) | (uint)descriptor;
        if (Control(LinuxCalls.EpollCtlAdd, descriptor, events, data) == 0)
        {
            return true;
        }

        _targets[descriptor] = null;
        return false;
    }

    /// <summary>
    /// Counts a connection that another loop is about to hand over, before it arrives; otherwise a burst would go
    /// entirely to the loop that had the fewest at its start.
    /// </summary>
    public void CountAhead() => AddToCount(1);

    /// <summary>Creates a connection from an accepted socket that <see cref="CountAhead"/> has counted.</summary>
    /// <returns>The connection, or null if the kernel cannot watch the socket, which is then closed.</returns>
    public EpollConnection? Adopt(int descriptor, in RemoteAddress address, EndPoint? remote)
    {
        var connection = new EpollConnection(this, descriptor, address, remote) { HasUnsentLimit = true };
        if (!Register(descriptor, connection, EpollEvents.Connection))
        {
            Discard(descriptor);
            return null;
        }

        return connection;
    }

    /// <summary>Closes an accepted socket that <see cref="CountAhead"/> has counted and that was not registered.</summary>
    public void Discard(int descriptor)
    {
        AddToCount(-1);
        _ = LinuxCalls.Close(descriptor);
    }

    /// <summary>
    /// Replaces a connector or a handshake by its connection; the kernel's registration stays as it is.
    /// </summary>
    public void Replace(int descriptor, IEpollTarget connection)
    {
        var replaced = _targets[descriptor]!;
        connection.Generation = replaced.Generation;
        _targets[descriptor] = connection;
        if (!replaced.IsConnection)
        {
            AddToCount(1);
        }
    }

    /// <summary>
    /// Removes the target of a descriptor that is about to be closed; closing ends the kernel's registration.
    /// </summary>
    public void Forget(int descriptor)
    {
        if (_targets[descriptor] is { IsConnection: true })
        {
            AddToCount(-1);
        }

        _targets[descriptor] = null;
    }

    /// <summary>Ends the registration of a descriptor that stays open.</summary>
    public void Unregister(int descriptor)
    {
        _targets[descriptor] = null;
        Control(LinuxCalls.EpollCtlDel, descriptor, EpollEvents.None, 0);
    }

    /// <inheritdoc/>
    protected override void WaitForEvents(int timeoutMilliseconds)
    {
        // An interrupted wait (EINTR) counts as a wait without events.
        var count = LinuxCalls.EpollWait(_epoll, _events.Start, _events.Capacity, timeoutMilliseconds);
        _eventCount = Math.Max(count, 0);
    }

    /// <inheritdoc/>
    protected override void RunEvents()
    {
        for (var index = 0; index < _eventCount; index++)
        {
            try
            {
                RunEvent(index);
            }
#pragma warning disable CA1031 // As in RunGuarded, without a delegate per event.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                TransportLog.WorkFailed(Logger, exception, Index);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Wake()
    {
        var one = 1UL;
        _ = LinuxCalls.Write(_wakeUp, &one, sizeof(ulong));
    }

    /// <inheritdoc/>
    protected override void CloseAll()
    {
        for (var descriptor = 0; descriptor < _targets.Length; descriptor++)
        {
            _targets[descriptor]?.OnLoopEnds();
        }
    }

    /// <inheritdoc/>
    protected override void Release()
    {
        Relays.CloseAll();
        _wire?.Dispose();
        _ = LinuxCalls.Close(_wakeUp);
        _ = LinuxCalls.Close(_epoll);
        _events.Dispose();
    }

    private static int Check(int descriptor) =>
        descriptor >= 0 ? descriptor : throw new SocketException((int)Errno.ToSocketError(LinuxCalls.LastError));

    private void RunEvent(int index)
    {
        var (events, data) = _events[index];
        if (_targets[(uint)data] is { } target && target.Generation == (uint)(data >> 32))
        {
            target.OnEvents(events);
        }
    }

    private int Control(int operation, int descriptor, EpollEvents events, ulong data)
    {
        var epollEvent = stackalloc byte[EpollEventBuffer.MaxSize];
        EpollEventBuffer.Write(epollEvent, events, data);
        return LinuxCalls.EpollControl(_epoll, operation, descriptor, epollEvent);
    }

    private void AddToCount(int change) => Interlocked.Add(ref _connectionCount, change);
}
