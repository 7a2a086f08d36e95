namespace WunderProxy.Forwarding.Transport.Tls;

/// <summary>
/// The timeout of a TLS handshake, and of what comes before it, which becomes short while connections are being drained: see
/// <see cref="TlsLimits.DrainMilliseconds"/>.
/// </summary>
/// <param name="loop">The loop of the connection.</param>
/// <param name="acceptor">Receives the connection, and says whether connections are being drained.</param>
internal abstract class HandshakeTimer(TransportLoop loop, IConnectionAcceptor acceptor) : LoopTimer
{
    private long _deadline;

    /// <summary>Receives the connection when the handshake is complete.</summary>
    protected IConnectionAcceptor Acceptor { get; } = acceptor;

    /// <summary>Milliseconds until the timeout, at least 1.</summary>
    protected int MillisecondsLeft => (int)Math.Max(1, _deadline - loop.NowMilliseconds);

    /// <summary>Begins a time after which <see cref="OnTimeout"/> is called, unless the timer is disarmed before.</summary>
    protected void Arm(int milliseconds)
    {
        _deadline = loop.NowMilliseconds + milliseconds;
        ArmNextLook();
    }

    /// <inheritdoc/>
    protected internal sealed override void OnElapsed()
    {
        if (loop.NowMilliseconds < _deadline && !Acceptor.IsDraining)
        {
            ArmNextLook();
        }
        else
        {
            OnTimeout();
        }
    }

    /// <summary>Called on the loop when the time is over, or when it ends early because of a drain.</summary>
    protected abstract void OnTimeout();

    // Looking now and then costs the few handshakes that take so long a timer each second, and needs no list of them.
    private void ArmNextLook()
    {
        loop.Timers.Arm(this, loop.NowMilliseconds, Math.Min(MillisecondsLeft, TlsLimits.DrainMilliseconds));
    }
}
