using System.Diagnostics;
using System.Threading.Tasks.Sources;

namespace WunderProxy.Forwarding.Transport.Streams;

/// <summary>
/// One outstanding wait of a connection, begun, completed and awaited on its loop. A mutable struct, which must not be
/// copied.
/// </summary>
internal struct LoopWait
{
    private Action<object?>? _continuation;
    private object? _continuationState;
    private Phase _phase;

    private enum Phase : byte
    {
        Idle,
        Waiting,
        Completed,
    }

    /// <summary>The token of the outstanding wait, or of the next one.</summary>
    public short Version { get; private set; }

    /// <summary>Whether no wait is outstanding.</summary>
    public readonly bool IsIdle => _phase == Phase.Idle;

    /// <summary>Whether a wait is outstanding and has not completed.</summary>
    public readonly bool IsWaiting => _phase == Phase.Waiting;

    /// <summary>The status of the wait, for <see cref="IValueTaskSource{TResult}.GetStatus"/>.</summary>
    public readonly ValueTaskSourceStatus Status =>
        IsWaiting ? ValueTaskSourceStatus.Pending : ValueTaskSourceStatus.Succeeded;

    /// <summary>Begins a wait; only one may be outstanding.</summary>
    public void Begin()
    {
        Debug.Assert(IsIdle, "One wait at a time.");
        _phase = Phase.Waiting;
    }

    /// <summary>Completes the wait and runs the awaiting code at once; only allowed at the top of the loop.</summary>
    public void CompleteNow()
    {
        _phase = Phase.Completed;
        var (continuation, state) = TakeContinuation();
        continuation?.Invoke(state);
    }

    /// <summary>Completes the wait and runs the awaiting code later, so that the caller is never re-entered.</summary>
    public void CompleteSoon(TransportLoop loop)
    {
        _phase = Phase.Completed;
        var (continuation, state) = TakeContinuation();
        if (continuation is not null)
        {
            loop.Post(continuation, state);
        }
    }

    /// <summary>Stores the continuation, for <see cref="IValueTaskSource{TResult}.OnCompleted"/>.</summary>
    public void OnCompleted(TransportLoop loop, Action<object?> continuation, object? state)
    {
        if (!IsWaiting)
        {
            loop.Post(continuation, state);
            return;
        }

        _continuation = continuation;
        _continuationState = state;
    }

    /// <summary>Ends the completed wait, for <see cref="IValueTaskSource{TResult}.GetResult"/>.</summary>
    public void End(short token)
    {
        if (_phase != Phase.Completed || token != Version)
        {
            throw new InvalidOperationException("The result of a wait is taken once, after it has completed.");
        }

        _phase = Phase.Idle;
        Version++;
    }

    private (Action<object?>? Continuation, object? State) TakeContinuation()
    {
        var taken = (_continuation, _continuationState);
        _continuation = null;
        _continuationState = null;
        return taken;
    }
}
