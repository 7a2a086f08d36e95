using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace WunderProxy.Forwarding.Transport.Tasks;

/// <summary>
/// Builds async methods that run on one loop. Nothing is allocated once a thread has as many state machines as it ever
/// has suspended at a time; the pooling builder of .NET keeps only one per thread and core, too few for a batch of events.
/// </summary>
/// <remarks>No execution context flows: code on a loop uses no async locals.</remarks>
[SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "The compiler calls them on an instance.")]
internal struct LoopTaskMethodBuilder
{
    private LoopTaskMethodBuilder<bool> _inner;

    /// <summary>What the caller awaits.</summary>
    public readonly ValueTask Task => _inner.UntypedTask;

    /// <summary>Makes a builder.</summary>
    public static LoopTaskMethodBuilder Create() => default;

    /// <summary>Runs the method up to its first suspension.</summary>
    public readonly void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine => stateMachine.MoveNext();

    /// <summary>Not used by release builds of the compiler.</summary>
    public readonly void SetStateMachine(IAsyncStateMachine stateMachine) => ArgumentNullException.ThrowIfNull(stateMachine);

    /// <summary>The method returned.</summary>
    public void SetResult() => _inner.SetResult(result: true);

    /// <summary>The method threw.</summary>
    public void SetException(Exception exception) => _inner.SetException(exception);

    /// <summary>Suspends the method.</summary>
    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine => _inner.AwaitOnCompleted(ref awaiter, ref stateMachine);

    /// <summary>Suspends the method.</summary>
    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine => _inner.AwaitUnsafeOnCompleted(ref awaiter, ref stateMachine);
}
