using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WunderProxy.Forwarding.Transport.Streams;

namespace WunderProxy.Forwarding.Transport.Memory;

/// <summary>A loop without a thread: whoever calls <see cref="RunUntilIdle"/> is the loop for that long.</summary>
/// <remarks>With a clock that is moved by hand, timeouts fire at the first run after the move.</remarks>
internal sealed class MemoryLoop(TimeProvider clock, ILogger? logger = null, int index = 0)
    : WorkLoop(index, clock, logger ?? NullLogger.Instance)
{
    private int _runningThread;

    /// <inheritdoc/>
    public override bool IsCurrent => Volatile.Read(ref _runningThread) == Environment.CurrentManagedThreadId;

    /// <summary>Answers <see cref="ConnectAsync"/>; refuses unless set.</summary>
    public Func<EndPoint, ConnectResult> Connector { get; set; } =
        static _ => new ConnectResult(null, SocketError.ConnectionRefused);

    /// <summary>Runs everything that is posted or due, and what that brings, until nothing is left to do now.</summary>
    public void RunUntilIdle()
    {
        // What is awaited here goes on here, and not where the caller's context would have it: a test runner has one.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        Volatile.Write(ref _runningThread, Environment.CurrentManagedThreadId);
        do
        {
            BeginTurn();
        }
        while (EndTurn() || WaitMilliseconds() == 0);

        Volatile.Write(ref _runningThread, 0);
        SynchronizationContext.SetSynchronizationContext(context);
    }

    /// <summary>Runs <paramref name="work"/> as posted work, and all that follows from it.</summary>
    public void Run(Action work)
    {
        Post(static work => ((Action)work!)(), work);
        RunUntilIdle();
    }

    /// <inheritdoc/>
    public override ValueTask<ConnectResult> ConnectAsync(EndPoint endPoint, int timeoutMilliseconds) =>
        ValueTask.FromResult(Connector(endPoint));

    /// <inheritdoc/>
    protected override void Wake()
    {
        // Nobody sleeps here.
    }
}
