using System.Net;

namespace WunderProxy.Forwarding.Transport;

/// <summary>A thread that owns connections, their timers and per-thread state such as pools and counters.</summary>
/// <remarks>
/// What a loop owns needs no lock: everything about a connection runs on its loop. Code on a loop must not block, and
/// work that completes elsewhere returns through <see cref="Post"/>.
/// </remarks>
internal abstract class TransportLoop(int index)
{
    /// <summary>Largest number of loops in one transport.</summary>
    public const int MaxLoops = 256;

    /// <summary>Position of the loop in its transport, from 0.</summary>
    public int Index { get; } = index;

    /// <summary>
    /// Monotonic time in milliseconds, read from the clock once per turn of the loop: cheap, and slightly old.
    /// </summary>
    public abstract long NowMilliseconds { get; }

    /// <summary>The time of <see cref="NowMilliseconds"/> in microseconds, as it was read.</summary>
    public abstract long NowMicroseconds { get; }

    /// <summary>The coarse timeouts of this loop.</summary>
    public abstract TimerWheel Timers { get; }

    /// <summary>Whether the calling thread is the thread of this loop.</summary>
    public abstract bool IsCurrent { get; }

    /// <summary>
    /// Runs <paramref name="work"/> on this loop soon. Callable from any thread; ignored once the transport is disposed
    /// of.
    /// </summary>
    public abstract void Post(Action<object?> work, object? state);

    /// <summary>Opens a TCP or unix-socket connection that this loop owns. Called on the loop.</summary>
    /// <param name="endPoint">An IP or unix-socket address; names are resolved by the caller.</param>
    /// <param name="timeoutMilliseconds">
    /// Longest wait in milliseconds; 0 leaves the limit to the operating system.
    /// </param>
    public abstract ValueTask<ConnectResult> ConnectAsync(EndPoint endPoint, int timeoutMilliseconds);
}
