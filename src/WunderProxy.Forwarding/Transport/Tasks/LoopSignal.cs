using System.Threading.Tasks.Sources;

namespace WunderProxy.Forwarding.Transport.Tasks;

/// <summary>A reusable signal from one sender to one waiter on the same loop.</summary>
internal sealed class LoopSignal : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _core;

    /// <summary>Whether a waiter is waiting for the signal.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>Waits until the next call of <see cref="Set"/>.</summary>
    public ValueTask WaitAsync()
    {
        _core.Reset();
        IsWaiting = true;
        return new ValueTask(this, _core.Version);
    }

    /// <summary>Completes the wait inside this call; has no effect if nobody waits.</summary>
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
