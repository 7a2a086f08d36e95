using System.Threading.Tasks.Sources;

namespace WunderProxy.Forwarding.Transport.Tasks;

/// <summary>One waiter, one event, again and again; both on one loop.</summary>
internal sealed class LoopSignal : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _core;

    /// <summary>Whether somebody waits.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>Completes at the next <see cref="Set"/>.</summary>
    public ValueTask WaitAsync()
    {
        _core.Reset();
        IsWaiting = true;
        return new ValueTask(this, _core.Version);
    }

    /// <summary>Wakes the waiter, inside this call; does nothing without one.</summary>
    public void Set()
    {
        if (IsWaiting)
        {
            IsWaiting = false;
            _core.SetResult(result: true);
        }
    }

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
