using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace WunderProxy.Forwarding.Transport.Tasks;

/// <summary>
/// Builds async methods that run on one loop. Allocates nothing once a thread has as many state machines as it ever has
/// suspended at a time; the pooling builder of .NET keeps only one per thread and core, too few for a batch of events.
/// </summary>
/// <remarks>No execution context flows: code on a loop uses no async locals.</remarks>
[SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "The compiler calls them on an instance.")]
internal struct LoopTaskMethodBuilder
{
    private LoopTaskMethodBuilder<bool> _inner;

    /// <summary>The task that the caller awaits.</summary>
    public readonly ValueTask Task => _inner.UntypedTask;

    /// <summary>Creates a builder for one call of the method.</summary>
    public static LoopTaskMethodBuilder Create() => default;

    /// <summary>Runs the method up to its first suspension.</summary>
    public readonly void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine => stateMachine.MoveNext();

    /// <summary>Required by the compiler; release builds do not call it.</summary>
    public readonly void SetStateMachine(IAsyncStateMachine stateMachine) => ArgumentNullException.ThrowIfNull(stateMachine);

    /// <summary>Completes the task, because the method returned.</summary>
    public void SetResult() => _inner.SetResult(result: true);

    /// <summary>Completes the task with an exception that the method threw.</summary>
    public void SetException(Exception exception) => _inner.SetException(exception);

    /// <summary>Suspends the method until the awaiter completes.</summary>
    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine => _inner.AwaitOnCompleted(ref awaiter, ref stateMachine);

    /// <summary>Suspends the method until the awaiter completes, without flowing the execution context.</summary>
    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine => _inner.AwaitUnsafeOnCompleted(ref awaiter, ref stateMachine);
}
