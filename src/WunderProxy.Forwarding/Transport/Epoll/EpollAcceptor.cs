namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>
/// The part of one loop in a listener: accepts when the kernel wakes the loop, and hands connections to loops that have
/// fewer.
/// </summary>
internal sealed unsafe class EpollAcceptor(
    EpollListener listener, EpollLoop loop, IReadOnlyList<EpollLoop> loops, IConnectionAcceptor acceptor, AcceptPause pause)
    : LoopTimer, IEpollTarget
{
    // A burst of new clients must not keep existing connections waiting.
    private const int AcceptsPerEvent = 16;

    // The kernel tends to wake the same loop; beyond this lead in connections the loop hands new ones on.
    private const int LeastLead = 4;

    // Closing takes one turn of a loop; a connection that takes longer must not keep this loop busy.
    private const int MaxLooksWithoutRoom = 64;

    private int _looksWithoutRoom;
    private bool _isWatching;
    private bool _isStopped;

    /// <inheritdoc/>
    public uint Generation { get; set; }

    /// <inheritdoc/>
    public bool IsConnection => false;

    public void Start() => loop.Post(static self => ((EpollAcceptor)self!).Watch(), this);

    public void Stop() => loop.Post(static self => ((EpollAcceptor)self!).OnLoopEnds(), this);

    /// <inheritdoc/>
    public void OnEvents(EpollEvents events)
    {
        var address = stackalloc byte[RemoteAddress.MaxBytes];
        for (var accepts = 0; accepts < AcceptsPerEvent && !_isStopped; accepts++)
        {
            if (!acceptor.TryReserve())
            {
                LookAwayUntilThereIsRoom();
                return;
            }

            var length = RemoteAddress.MaxBytes;
            var accepted = LinuxCalls.Accept(
                listener.Descriptor, address, &length, LinuxCalls.SockNonBlock | LinuxCalls.SockCloseOnExec);
            if (accepted >= 0)
            {
                _looksWithoutRoom = 0;
                var bytes = new ReadOnlySpan<byte>(address, Math.Min(length, RemoteAddress.MaxBytes));
                HandOver(accepted, new RemoteAddress(bytes));
            }
            else
            {
                var error = LinuxCalls.LastError;
                acceptor.CancelReservation();
                if (!MayGoOn(error))
                {
                    return;
                }
            }
        }
    }

    /// <inheritdoc/>
    public void OnLoopEnds()
    {
        if (!_isStopped)
        {
            _isStopped = true;
            Unwatch();
            listener.OnAcceptorStopped();
        }
    }

    /// <inheritdoc/>
    protected internal override void OnElapsed() => Watch();

    private void Watch()
    {
        if (_isStopped)
        {
            return;
        }

        _isWatching = loop.Register(listener.Descriptor, this, EpollEvents.In | EpollEvents.Exclusive);
        if (!_isWatching)
        {
            pause.OnError(Errno.ToSocketError(LinuxCalls.LastError));
            LookAway();
        }
    }

    private void Unwatch()
    {
        loop.Timers.Disarm(this);
        if (_isWatching)
        {
            _isWatching = false;
            loop.Unregister(listener.Descriptor);
        }
    }

    private bool MayGoOn(int error)
    {
        if (error == Errno.TryAgain)
        {
            return false;
        }

        // The client was gone before it was accepted (accept(2), "Error handling").
        if (Errno.IsOfClient(error))
        {
            return true;
        }

        // A shortage of resources, or an error that would repeat at once and keep the loop busy for nothing.
        pause.OnError(Errno.ToSocketError(error));
        LookAway();
        return false;
    }

    private void LookAwayUntilThereIsRoom()
    {
        // The loops close such connections between events; until then the kernel reports the socket again.
        if (acceptor.IsMakingRoom && ++_looksWithoutRoom < MaxLooksWithoutRoom)
        {
            return;
        }

        _looksWithoutRoom = 0;
        pause.OnNoRoom();
        LookAway();
    }

    private void LookAway()
    {
        Unwatch();
        loop.Timers.Arm(this, loop.NowMilliseconds, AcceptPause.Milliseconds);
    }

    private void HandOver(int accepted, in RemoteAddress address)
    {
        var target = ChooseLoop();
        target.CountAhead();
        if (target == loop)
        {
            Admit(loop, accepted, address);
            return;
        }

        var copy = address;
        target.Post(_ => Admit(target, accepted, copy), null);
    }

    private EpollLoop ChooseLoop()
    {
        var least = loop;
        foreach (var other in loops)
        {
            least = other.ConnectionCount < least.ConnectionCount ? other : least;
        }

        var lead = loop.ConnectionCount - least.ConnectionCount;
        return lead > LeastLead + (least.ConnectionCount / 8) ? least : loop;
    }

    private void Admit(EpollLoop target, int accepted, in RemoteAddress address)
    {
        var unixName = listener.EndPoint as System.Net.Sockets.UnixDomainSocketEndPoint;
        if (listener.TlsContexts is { } contexts)
        {
            // Whatever a client sends before the handshake has to be taken from the socket here: OpenSSL receives all
            // that comes from then on.
            var hasBegun = unixName is null && acceptor.ExpectsProxyHeader(address.ToEndPoint())
                ? ProxyHeaderWait.TryBegin(target, accepted, contexts, acceptor, address)
                : TlsHandshake.TryBegin(
                    target, accepted, contexts, acceptor, address, unixName,
                    LoopMilliseconds.Of(contexts.Source.Policy.HandshakeTimeout));
            if (!hasBegun)
            {
                acceptor.CancelReservation();
            }

            return;
        }

        if (target.Adopt(accepted, address, unixName) is { } connection)
        {
            acceptor.OnAccepted(connection);
        }
        else
        {
            acceptor.CancelReservation();
        }
    }
}
