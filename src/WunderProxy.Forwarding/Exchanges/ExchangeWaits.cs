namespace WunderProxy.Forwarding.Exchanges;

/// <summary>What an exchange is suspended in: sets the time limit of each wait, and ends waits early.</summary>
internal sealed class ExchangeWaits(Exchange exchange)
{
    private Waits _waiting;

    /// <summary>Whether it waits for the end of a pause.</summary>
    public bool IsPaused => (_waiting & Waits.Pause) != Waits.None;

    /// <summary>Whether it waits for bytes of the client.</summary>
    public bool IsForClient => (_waiting & Waits.ClientRead) != Waits.None;

    /// <summary>Forgets all waits.</summary>
    public void Reset() => _waiting = Waits.None;

    /// <summary>Wakes all waits that are under way.</summary>
    public void WakeAll() => Wake(_waiting);

    /// <summary>Wakes those of the given waits that are under way.</summary>
    public void Wake(Waits waits)
    {
        var awake = _waiting & waits;
        if ((awake & Waits.ClientRead) != Waits.None)
        {
            exchange.Client.Transport.Input.CancelPendingRead();
        }

        if ((awake & Waits.ClientWrite) != Waits.None)
        {
            exchange.Client.Transport.Output.CancelPendingFlush();
        }

        if ((awake & Waits.UpstreamRead) != Waits.None)
        {
            exchange.Upstream!.Transport.Input.CancelPendingRead();
        }

        if ((awake & Waits.UpstreamWrite) != Waits.None)
        {
            exchange.Upstream!.Transport.Output.CancelPendingFlush();
        }

        if ((awake & Waits.Pause) != Waits.None)
        {
            exchange.PauseEnded.Set();
        }
    }

    /// <summary>Called before it is suspended for the rest of a head. The time for the head runs from its first byte.</summary>
    public void BeginHead()
    {
        if ((_waiting & Waits.ClientRead) == Waits.None)
        {
            _waiting |= Waits.ClientRead;
            exchange.Client.SetReadDeadline(exchange.Context.Settings.HeaderMilliseconds);
        }
    }

    /// <summary>The head is complete, refused or given up.</summary>
    public void EndHead()
    {
        if ((_waiting & Waits.ClientRead) != Waits.None)
        {
            _waiting &= ~Waits.ClientRead;
            exchange.Client.ClearReadDeadline();
        }
    }

    /// <summary>Called before it is suspended: sets the time limit of that wait. A tunnel that is open both ways has none.</summary>
    public void Begin(Waits wait)
    {
        _waiting |= wait;
        if (exchange.Tunnel is { } tunnel)
        {
            tunnel.OnWait(wait);
            return;
        }

        var settings = exchange.Context.Settings;
        switch (wait)
        {
            case Waits.ClientRead when !exchange.IsContinueAwaited:
                // The upstream cannot answer what it has not got: its time stands still while the client's runs.
                exchange.Client.ClearResponseDeadline();
                exchange.Client.SetReadDeadline(settings.BodyMilliseconds);
                break;
            case Waits.ClientWrite:
                exchange.Client.SetWriteDeadline(settings.BodyMilliseconds);
                break;
            case Waits.UpstreamWrite:
                RestartResponse();
                break;
            case Waits.Pause:
                exchange.Client.SetResponseDeadline(settings.Gate.TimeoutMilliseconds);
                break;
        }
    }

    /// <summary>Called after it was resumed, or instead of being suspended.</summary>
    public void End(Waits wait)
    {
        if ((_waiting & wait) == Waits.None)
        {
            return;
        }

        _waiting &= ~wait;
        if (exchange.Tunnel is not null)
        {
            return;
        }

        switch (wait)
        {
            case Waits.ClientRead:
                exchange.Client.ClearReadDeadline();
                RestartResponse();
                break;
            case Waits.ClientWrite:
                exchange.Client.ClearWriteDeadline();
                break;
            case Waits.Pause:
                exchange.Client.ClearResponseDeadline();
                break;
        }
    }

    /// <summary>The upstream's time for its response head starts anew, if it still owes one.</summary>
    public void RestartResponse()
    {
        if (!exchange.IsResponseReceived && exchange.Upstream is not null)
        {
            exchange.Client.SetResponseDeadline(exchange.Context.Settings.ResponseMilliseconds);
        }
    }
}
