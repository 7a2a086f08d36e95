using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WunderProxy.Forwarding.Transport.Streams;

namespace WunderProxy.Forwarding.Transport.Memory;

/// <summary>
/// A loop without a thread: the thread that calls <see cref="RunUntilIdle"/> acts as the loop during the call.
/// </summary>
/// <remarks>With a manual clock, timeouts fire at the first run after the clock was moved.</remarks>
internal sealed class MemoryLoop(TimeProvider clock, ILogger? logger = null, int index = 0)
    : WorkLoop(index, clock, logger ?? NullLogger.Instance)
{
    private int _runningThread;

    /// <inheritdoc/>
    public override bool IsCurrent => Volatile.Read(ref _runningThread) == Environment.CurrentManagedThreadId;

    /// <summary>Answers <see cref="ConnectAsync"/>; the default refuses every connection.</summary>
    public Func<EndPoint, ConnectResult> Connector { get; set; } =
        static _ => new ConnectResult(null, SocketError.ConnectionRefused);

    /// <summary>Runs all work that is posted or due, and the work that results, until none is left.</summary>
    public void RunUntilIdle()
    {
        // Continuations must run here and not in the caller's synchronization context, which a test runner may have.
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

    /// <summary>Runs <paramref name="work"/> as posted work, followed by all work that results.</summary>
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
        // Empty: the loop has no thread to wake.
    }
}
