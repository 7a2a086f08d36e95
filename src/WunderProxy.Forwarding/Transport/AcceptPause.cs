using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Forwarding.Transport;

/// <summary>
/// How long a listener looks away when it cannot accept: a socket that has clients waiting would be reported again at
/// once. The reason is logged every 10 seconds at most, as a listener at its limit pauses and goes on all the time.
/// </summary>
internal sealed class AcceptPause(EndPoint endPoint, TimeProvider clock, ILogger logger)
{
    /// <summary>Long enough for descriptors to be given back, short beside what a client waits for.</summary>
    public const int Milliseconds = 100;

    /// <summary>Pause of the portable transport while connections are being closed to make room: their loop does that at once.</summary>
    public const int MillisecondsToMakeRoom = 1;

    private const int MillisecondsBetweenMessages = 10_000;

    private long _mayTellAt;

    /// <summary>Tells that accepting failed. Called from any thread.</summary>
    public void OnError(SocketError error)
    {
        if (MayTell())
        {
            TransportLog.AcceptPaused(logger, endPoint, error, Milliseconds);
        }
    }

    /// <summary>Tells that there is no room for another connection. Called from any thread.</summary>
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
