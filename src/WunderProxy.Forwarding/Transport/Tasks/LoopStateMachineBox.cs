using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace WunderProxy.Forwarding.Transport.Tasks;

/// <summary>Holds the state machine of one suspended async method; pooled per thread and reused.</summary>
/// <typeparam name="TStateMachine">The state machine type that the compiler generated.</typeparam>
/// <typeparam name="TResult">The result type of the method.</typeparam>
internal sealed class LoopStateMachineBox<TStateMachine, TResult> : LoopTaskBox<TResult>
    where TStateMachine : IAsyncStateMachine
{
    // A thread keeps as many boxes as it ever had suspended at a time, up to this bound for bursts of connections.
    private const int MaxKept = 4096;

    [ThreadStatic]
    [SuppressMessage("Design", "MA0018:Do not declare static members on generic types", Justification = "One pool per state machine is the point.")]
    private static LoopStateMachineBox<TStateMachine, TResult>? _kept;

    [ThreadStatic]
    private static int _keptCount;

    private readonly Action _moveNext;
    private LoopStateMachineBox<TStateMachine, TResult>? _next;
    private TStateMachine? _stateMachine;

    private LoopStateMachineBox() => _moveNext = MoveNext;

    /// <inheritdoc/>
    public override Action MoveNextAction => _moveNext;

    /// <summary>Takes a free box from the thread's pool, or creates one.</summary>
    public static LoopStateMachineBox<TStateMachine, TResult> Rent()
    {
        if (_kept is not { } box)
        {
            return new LoopStateMachineBox<TStateMachine, TResult>();
        }

        _kept = box._next;
        _keptCount--;
        box._next = null;
        return box;
    }

    /// <summary>Stores the state machine, whose builder must already refer to this box.</summary>
    public void Hold(in TStateMachine stateMachine) => _stateMachine = stateMachine;

    /// <inheritdoc/>
    protected override void Return()
    {
        // Objects that the locals refer to must not live as long as the thread.
        _stateMachine = default;
        if (_keptCount < MaxKept)
        {
            _next = _kept;
            _kept = this;
            _keptCount++;
        }
    }

    private void MoveNext() => _stateMachine!.MoveNext();
}
