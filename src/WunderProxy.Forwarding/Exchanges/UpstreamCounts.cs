using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>
/// Counts what an exchange meets on the upstream side: connects that fail, stale connections, retries, and the time that
/// the upstream takes. What goes wrong with a peer is counted for the peers, and not here.
/// </summary>
internal sealed class UpstreamCounts(UpstreamSide side, TransportLoop loop)
{
    private long _sentMicroseconds;

    /// <summary>Records that the head of the request is being sent, from when on the upstream's time is measured.</summary>
    public void OnSending() => _sentMicroseconds = loop.NowMicroseconds;

    /// <summary>Counts the time to the head of the final response.</summary>
    public void CountHead() => side.Lease.Part!.Stats.CountUpstreamHead(loop.NowMicroseconds - _sentMicroseconds);

    /// <summary>Counts the time to the end of the response.</summary>
    public void CountEnd() => side.Lease.Part!.Stats.CountUpstreamEnd(loop.NowMicroseconds - _sentMicroseconds);

    /// <summary>Counts that a connect to our own upstream failed.</summary>
    public void CountConnectFailed(ConnectFailure reason)
    {
        if (side.Peer is null)
        {
            side.Application!.Stats.CountConnectFailed(reason);
            side.Lease.Part!.Stats.CountConnectFailed(reason);
        }
    }

    /// <summary>Counts that the connection broke before a response, if it had been used before.</summary>
    public void CountIfStale()
    {
        if (side is { Peer: null, Connection.IsReused: true })
        {
            side.Application!.Stats.CountStaleConnection();
            side.Lease.Part!.Stats.CountStaleConnection();
        }
    }

    /// <summary>Counts that the request is sent once more.</summary>
    public void CountRetry()
    {
        if (side.Peer is null)
        {
            side.Application!.Stats.CountRetry();
            side.Lease.Part!.Stats.CountRetry();
        }
    }
}
