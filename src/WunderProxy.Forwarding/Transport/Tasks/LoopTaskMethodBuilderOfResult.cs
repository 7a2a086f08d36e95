using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace WunderProxy.Forwarding.Transport.Tasks;

/// <summary>As <see cref="LoopTaskMethodBuilder"/>, with a result.</summary>
/// <typeparam name="TResult">What the method returns.</typeparam>
[SuppressMessage("Design", "MA0048:File name must match type name", Justification = "The type without a result has the plain name.")]
[SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "The compiler calls them on an instance.")]
internal struct LoopTaskMethodBuilder<TResult>
{
    private LoopTaskBox<TResult>? _box;
    private TResult? _result;
    private Exception? _exception;

    /// <summary>What the caller awaits.</summary>
    public readonly ValueTask<TResult> Task
    {
        get
        {
            if (_box is { } box)
            {
                return new ValueTask<TResult>(box, box.Version);
            }

            return _exception is { } exception
                ? ValueTask.FromException<TResult>(exception)
                : new ValueTask<TResult>(_result!);
        }
    }

    internal readonly ValueTask UntypedTask
    {
        get
        {
            if (_box is { } box)
            {
                return new ValueTask(box, box.Version);
            }

            return _exception is { } exception ? ValueTask.FromException(exception) : default;
        }
    }

    /// <summary>Makes a builder.</summary>
    [SuppressMessage("Design", "MA0018:Do not declare static members on generic types", Justification = "The compiler calls it.")]
    public static LoopTaskMethodBuilder<TResult> Create() => default;

    /// <summary>Runs the method up to its first suspension.</summary>
    public readonly void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine => stateMachine.MoveNext();

    /// <summary>Not used by release builds of the compiler.</summary>
    public readonly void SetStateMachine(IAsyncStateMachine stateMachine) => ArgumentNullException.ThrowIfNull(stateMachine);

    /// <summary>The method returned.</summary>
    public void SetResult(TResult result)
    {
        if (_box is { } box)
        {
            box.SetResult(result);
        }
        else
        {
            _result = result;
        }
    }

    /// <summary>The method threw.</summary>
    public void SetException(Exception exception)
    {
        if (_box is { } box)
        {
            box.SetException(exception);
        }
        else
        {
            _exception = exception;
        }
    }

    /// <summary>Suspends the method.</summary>
    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine => awaiter.OnCompleted(BoxOf(ref stateMachine).MoveNextAction);

    /// <summary>Suspends the method.</summary>
    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine => awaiter.UnsafeOnCompleted(BoxOf(ref stateMachine).MoveNextAction);

    private LoopTaskBox<TResult> BoxOf<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine
    {
        if (_box is { } held)
        {
            return held;
        }

        // This builder is a field of the state machine: set first, so that the copy in the box knows its box.
        var box = LoopStateMachineBox<TStateMachine, TResult>.Rent();
        _box = box;
        box.Hold(in stateMachine);
        return box;
    }
}
