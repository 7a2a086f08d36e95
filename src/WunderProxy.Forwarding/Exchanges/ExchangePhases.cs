using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>
/// How the time of an exchange is divided among its phases, in microseconds. Each step adds the time since the step before to
/// its phase, so the phases add up to the whole, and those of a second attempt to those of the first. Taken from the time of
/// the loop, which costs no read of a clock; what begins and ends within one turn of the loop took no time.
/// </summary>
internal sealed class ExchangePhases(TransportLoop loop)
{
    private long _last;
    private long _headTurn;

    /// <summary>From the first byte of the request to the end of its head.</summary>
    public long Header { get; private set; }

    /// <summary>In which the body of the request was read into a buffer.</summary>
    public long Buffer { get; private set; }

    /// <summary>In which the request waited for the end of a pause.</summary>
    public long Queue { get; private set; }

    /// <summary>Until there was a connection to an endpoint, attempts that failed included.</summary>
    public long Connect { get; private set; }

    /// <summary>From the connection to the head of the final response, the sending of the request included.</summary>
    public long FirstByte { get; private set; }

    /// <summary>From the head of the response to the end of what the upstream had to send.</summary>
    public long Upstream { get; private set; }

    /// <summary>From there to the end: the client takes what is held for it, or the proxy's own answer.</summary>
    public long Client { get; private set; }

    /// <summary>Begins with the first byte of a request.</summary>
    public void Begin()
    {
        Header = Buffer = Queue = Connect = FirstByte = Upstream = Client = 0;
        _last = loop.NowMicroseconds;
    }

    /// <summary>Records that the head is complete, or will not be completed.</summary>
    public void OnHeadRead()
    {
        Header += Step();
        _headTurn = _last;
    }

    /// <summary>Records that the body of the request is held whole, or will not be.</summary>
    public void OnHeld() => Buffer += Step();

    /// <summary>Records that an upstream was chosen, or that there is none.</summary>
    public void OnChosen() => Queue += Step();

    /// <summary>Records the end of an attempt to get a connection.</summary>
    public void OnConnected() => Connect += Step();

    /// <summary>Records that the head of the final response came, or will not come.</summary>
    public void OnResponseHead() => FirstByte += Step();

    /// <summary>Records that the upstream is not needed any more.</summary>
    public void OnUpstreamDone() => Upstream += Step();

    /// <summary>Records the end of the exchange.</summary>
    public void OnEnd() => Client += Step();

    /// <summary>
    /// Returns what the proxy added to the exchange, in microseconds: the time in the turn of the loop that completed the
    /// head, until the exchange began, and the time in the present turn, until its end. The sending of the request, which
    /// follows the head at once, is not part of it, and nor is any time in which the exchange waited for a peer.
    /// </summary>
    /// <param name="began">When the head was complete, in microseconds of the loop's clock.</param>
    /// <param name="duration">Microseconds from then until now.</param>
    public long OverheadOf(long began, long duration) =>
        Math.Max(0, began - _headTurn) + Math.Max(0, began + duration - loop.NowMicroseconds);

    private long Step()
    {
        var now = loop.NowMicroseconds;
        var time = now - _last;
        _last = now;
        return time;
    }
}
