using System.Net;

namespace WunderProxy.Forwarding.Transport;

/// <summary>One thread that owns connections, their timers and whatever is kept per thread (pools, counters).</summary>
/// <remarks>
/// What a loop owns needs no lock: everything about a connection runs on its loop. Nothing on a loop may block, and
/// whatever completes elsewhere comes back through <see cref="Post"/>.
/// </remarks>
internal abstract class TransportLoop(int index)
{
    /// <summary>Position among the loops of the transport, from 0.</summary>
    public int Index { get; } = index;

    /// <summary>Monotonic milliseconds, read from the clock once per turn of the loop: cheap and a little old.</summary>
    public abstract long NowMilliseconds { get; }

    /// <summary>Coarse timeouts of this loop.</summary>
    public abstract TimerWheel Timers { get; }

    /// <summary>Whether the calling thread is this loop's.</summary>
    public abstract bool IsCurrent { get; }

    /// <summary>Runs <paramref name="work"/> on this loop soon; callable from any thread. Dropped once the transport is disposed of.</summary>
    public abstract void Post(Action<object?> work, object? state);

    /// <summary>Opens a TCP or unix-socket connection that this loop owns. Called on the loop.</summary>
    /// <param name="endPoint">An IP or unix-socket address; names are resolved by the caller.</param>
    /// <param name="timeoutMilliseconds">Longest wait; 0 waits as long as the operating system does.</param>
    public abstract ValueTask<ConnectResult> ConnectAsync(EndPoint endPoint, int timeoutMilliseconds);
}
