using System.Runtime.CompilerServices;
using WunderProxy.Forwarding.Buffering;
using WunderProxy.Forwarding.Exchanges.Clients;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tasks;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>
/// The two ends of an exchange and what the exchange waits for: sets the time limit of each wait, and ends waits early
/// when the exchange is stopped.
/// </summary>
internal sealed class ExchangeWaits(ClientStream client, ForwarderSettings settings)
{
    private Waits _waiting;
    private RequestBuffer? _requestBuffer;
    private bool _isTunnel;
    private int _tunnelReadMilliseconds;

    /// <summary>The client's end of the exchange.</summary>
    public ClientStream Client => client;

    /// <summary>The upstream's end; null while no connection is in use.</summary>
    public TransportConnection? Upstream { get; set; }

    /// <summary>What is held of the response for the client; null while nothing is.</summary>
    public ReadAhead? Buffer
    {
        get;
        set
        {
            field = value;
            WasBuffered |= value is not null;
        }
    }

    /// <summary>Whether anything of the response was held for the client.</summary>
    public bool WasBuffered { get; private set; }

    /// <summary>
    /// Longest time from the last byte sent to the response head, in milliseconds; 0 while no response is awaited.
    /// </summary>
    public int ResponseMilliseconds { get; set; }

    /// <summary>Set when the exchange, which waits for the end of a pause, has to look again.</summary>
    public LoopSignal PauseEnded { get; } = new();

    /// <summary>Why the exchange has to end early; none if it has not.</summary>
    public ForwardError StopReason { get; private set; }

    /// <summary>Whether the exchange has to end early.</summary>
    public bool IsStopped => StopReason != ForwardError.None;

    /// <summary>Whether the exchange waits for the end of a pause.</summary>
    public bool IsPaused => (_waiting & Waits.Pause) != Waits.None;

    /// <summary>Forgets what the exchange waited in, its upstream and why it was stopped.</summary>
    public void Reset()
    {
        _waiting = Waits.None;
        _isTunnel = false;
        _tunnelReadMilliseconds = 0;
        Upstream = null;
        ResponseMilliseconds = 0;
        StopReason = ForwardError.None;
        WasBuffered = false;
    }

    /// <summary>
    /// Ends the exchange early: every wait is woken and checks <see cref="StopReason"/>. The first reason counts, but each
    /// one wakes: the answer that the first one brings may be what nobody takes.
    /// </summary>
    public void Stop(ForwardError reason)
    {
        if (!IsStopped)
        {
            StopReason = reason;
        }

        Wake(_waiting);
    }

    /// <summary>Clears the reason of the first try, because the exchange is tried again.</summary>
    public void BeginAgain()
    {
        StopReason = ForwardError.None;
        ResponseMilliseconds = 0;
        client.ClearResponseDeadline();
    }

    /// <summary>Wakes those of the given waits that are in progress.</summary>
    public void Wake(Waits waits)
    {
        var awake = _waiting & waits;
        if ((awake & Waits.ClientRead) != Waits.None)
        {
            client.Input.CancelPendingRead();
        }

        if ((awake & Waits.ClientWrite) != Waits.None)
        {
            client.Output.CancelPendingFlush();
        }

        if ((awake & Waits.UpstreamRead) != Waits.None)
        {
            Upstream!.Input.CancelPendingRead();
        }

        if ((awake & Waits.UpstreamWrite) != Waits.None)
        {
            Upstream!.Output.CancelPendingFlush();
        }

        if ((awake & Waits.Pause) != Waits.None)
        {
            PauseEnded.Set();
        }

        if ((awake & Waits.BufferRoom) != Waits.None)
        {
            // Null if the wait is over already, and only the code that waited has not run yet.
            Buffer?.CancelPendingFlush();
        }

        if ((awake & Waits.BufferFront) != Waits.None)
        {
            // Posted, because the wait continues within the call, and the caller may be in the middle of something.
            Buffer?.WakeFrontSoon();
        }

        if ((awake & Waits.RequestBuffer) != Waits.None)
        {
            _requestBuffer?.WakeSoon();
        }
    }

    /// <summary>Called before a wait; sets its time limit. A tunnel that is open in both directions has none.</summary>
    public void Begin(Waits wait)
    {
        _waiting |= wait;
        if (_isTunnel)
        {
            if (wait == Waits.ClientRead && _tunnelReadMilliseconds != 0)
            {
                client.SetReadDeadline(_tunnelReadMilliseconds);
            }

            return;
        }

        switch (wait)
        {
            case Waits.ClientRead when !client.IsContinueAwaited:
                BeginClientRead();
                break;
            case Waits.ClientWrite:
                client.SetWriteDeadline(settings.BodyMilliseconds);
                break;
            case Waits.UpstreamWrite:
                RestartResponse();
                break;
        }
    }

    /// <summary>
    /// Waits for the temporary file of a request that is held; the wait may end early, so that the caller looks again.
    /// </summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    public async ValueTask WaitForWorkAsync(RequestBuffer buffer)
    {
        _requestBuffer = buffer;
        Begin(Waits.RequestBuffer);
        await buffer.WaitForWorkAsync();
        End(Waits.RequestBuffer);
        _requestBuffer = null;
    }

    /// <summary>Called before the wait for the end of a pause; the wait ends as <see cref="Waits.Pause"/>.</summary>
    /// <param name="timeoutMilliseconds">Longest wait in milliseconds; 0 means no limit.</param>
    public void BeginPause(int timeoutMilliseconds)
    {
        _waiting |= Waits.Pause;
        client.SetResponseDeadline(timeoutMilliseconds);
    }

    /// <summary>Called after a wait, or in its place if none was needed.</summary>
    public void End(Waits wait)
    {
        if ((_waiting & wait) == Waits.None)
        {
            return;
        }

        _waiting &= ~wait;
        if (_isTunnel)
        {
            return;
        }

        switch (wait)
        {
            case Waits.ClientRead:
                client.ClearReadDeadline();
                RestartResponse();
                break;
            case Waits.ClientWrite:
                client.ClearWriteDeadline();
                break;
            case Waits.Pause:
                client.ClearResponseDeadline();
                break;
        }
    }

    /// <summary>
    /// Called after a wait that ended for another reason than progress of the one who is awaited: the time limit goes
    /// on, and <see cref="Continue"/> has to follow.
    /// </summary>
    public void Interrupt(Waits wait) => _waiting &= ~wait;

    /// <summary>Called before a wait that goes on after <see cref="Interrupt"/>, or before its <see cref="End"/>.</summary>
    public void Continue(Waits wait) => _waiting |= wait;

    /// <summary>Restarts the time limit of the upstream's response head, if one is awaited.</summary>
    public void RestartResponse()
    {
        if (ResponseMilliseconds != 0)
        {
            client.SetResponseDeadline(ResponseMilliseconds);
        }
    }

    /// <summary>Records that the client got its interim answer, from when on its silence is limited.</summary>
    public void OnContinued()
    {
        client.OnContinued();
        if ((_waiting & Waits.ClientRead) != Waits.None)
        {
            BeginClientRead();
        }
    }

    /// <summary>Records that the exchange became a tunnel, from when on no wait is limited.</summary>
    public void BeginTunnel() => _isTunnel = true;

    /// <summary>Limits the client's silence in a tunnel, for the present read and all further ones.</summary>
    /// <param name="milliseconds">
    /// Longest silence in milliseconds; 0 keeps a present limit and sets no further ones.
    /// </param>
    public void LimitTunnelRead(int milliseconds)
    {
        _tunnelReadMilliseconds = milliseconds;
        if (milliseconds != 0)
        {
            client.SetReadDeadline(milliseconds);
        }
    }

    private void BeginClientRead()
    {
        // The upstream cannot answer a request that it does not have: its time stands still while the client's runs.
        client.ClearResponseDeadline();
        client.SetReadDeadline(settings.BodyMilliseconds);
    }
}
