using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Forwarding.Transport;

/// <summary>
/// Decides how long a listener stops accepting after a failure: a socket with waiting clients would be reported again
/// at once. The reason is logged at most every 10 seconds, because a listener at its limit pauses all the time.
/// </summary>
internal sealed class AcceptPause(EndPoint endPoint, TimeProvider clock, ILogger logger)
{
    /// <summary>
    /// Length of a pause in milliseconds: enough for descriptors to be freed, and short compared with a client's
    /// patience.
    /// </summary>
    public const int Milliseconds = 100;

    /// <summary>
    /// Pause of the portable transport, in milliseconds, while connections are being closed to make room; their loop
    /// closes them at once.
    /// </summary>
    public const int MillisecondsToMakeRoom = 1;

    private const int MillisecondsBetweenMessages = 10_000;

    private long _mayTellAt;

    /// <summary>Logs that accepting failed. Callable from any thread.</summary>
    public void OnError(SocketError error)
    {
        if (MayTell())
        {
            TransportLog.AcceptPaused(logger, endPoint, error, Milliseconds);
        }
    }

    /// <summary>Logs that there is no room for another connection. Callable from any thread.</summary>
    public void OnNoRoom()
    {
        if (MayTell())
        {
            TransportLog.NoRoom(logger, endPoint);
        }
    }

    private bool MayTell()
    {
        var now = (long)clock.GetElapsedTime(0).TotalMilliseconds;
        var mayTellAt = Volatile.Read(ref _mayTellAt);
        return now >= mayTellAt
            && Interlocked.CompareExchange(ref _mayTellAt, now + MillisecondsBetweenMessages, mayTellAt) == mayTellAt;
    }
}
