using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace WunderProxy.Forwarding.Transport.Tasks;

/// <summary>Builds async methods with a result that run on one loop; see <see cref="LoopTaskMethodBuilder"/>.</summary>
/// <typeparam name="TResult">The result type of the method.</typeparam>
[SuppressMessage("Design", "MA0048:File name must match type name", Justification = "The type without a result has the plain name.")]
[SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "The compiler calls them on an instance.")]
internal struct LoopTaskMethodBuilder<TResult>
{
    private LoopTaskBox<TResult>? _box;
    private TResult? _result;
    private Exception? _exception;

    /// <summary>The task that the caller awaits.</summary>
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

    /// <summary>Creates a builder for one call of the method.</summary>
    [SuppressMessage("Design", "MA0018:Do not declare static members on generic types", Justification = "The compiler calls it.")]
    public static LoopTaskMethodBuilder<TResult> Create() => default;

    /// <summary>Runs the method up to its first suspension.</summary>
    public readonly void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine => stateMachine.MoveNext();

    /// <summary>Required by the compiler; release builds do not call it.</summary>
    public readonly void SetStateMachine(IAsyncStateMachine stateMachine) => ArgumentNullException.ThrowIfNull(stateMachine);

    /// <summary>Completes the task with the method's result.</summary>
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

    /// <summary>Completes the task with an exception that the method threw.</summary>
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

    /// <summary>Suspends the method until the awaiter completes.</summary>
    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine => awaiter.OnCompleted(BoxOf(ref stateMachine).MoveNextAction);

    /// <summary>Suspends the method until the awaiter completes, without flowing the execution context.</summary>
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

        // The builder is a field of the state machine. It is set first, so that the copy of it in the box refers to the
        // box.
        var box = LoopStateMachineBox<TStateMachine, TResult>.Rent();
        _box = box;
        box.Hold(in stateMachine);
        return box;
    }
}
