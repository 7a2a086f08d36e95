namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>
/// The handshakes of one loop that can go on. A full handshake takes a third of a millisecond, so that only a few steps
/// are done in a turn: requests of established connections must not wait for a burst of new ones.
/// </summary>
internal sealed class HandshakeQueue(EpollLoop loop)
{
    private const int StepsPerTurn = 8;

    private readonly Queue<TlsHandshake> _waiting = new();
    private bool _isPosted;

    /// <summary>Arranges for a step of the handshake, unless one is arranged already.</summary>
    public void Add(TlsHandshake handshake)
    {
        if (!handshake.IsWaiting)
        {
            handshake.IsWaiting = true;
            _waiting.Enqueue(handshake);
            PostOnce();
        }
    }

    private void PostOnce()
    {
        if (!_isPosted && _waiting.Count > 0)
        {
            _isPosted = true;
            loop.Post(static queue => ((HandshakeQueue)queue!).Run(), this);
        }
    }

    private void Run()
    {
        _isPosted = false;
        try
        {
            for (var steps = 0; steps < StepsPerTurn && _waiting.TryDequeue(out var handshake); steps++)
            {
                handshake.IsWaiting = false;
                handshake.Step();
            }
        }
        finally
        {
            PostOnce();
        }
    }
}
