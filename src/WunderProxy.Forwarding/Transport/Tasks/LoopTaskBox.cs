using System.Threading.Tasks.Sources;

namespace WunderProxy.Forwarding.Transport.Tasks;

/// <summary>The result of a suspended async method, as the source of a value task that completes once.</summary>
internal abstract class LoopTaskBox<TResult> : IValueTaskSource<TResult>, IValueTaskSource
{
    private ManualResetValueTaskSourceCore<TResult> _core;

    /// <summary>The delegate that resumes the method.</summary>
    public abstract Action MoveNextAction { get; }

    /// <summary>The token that tells one use of the box from the next.</summary>
    public short Version => _core.Version;

    /// <summary>Completes the method; the awaiting code continues inside this call.</summary>
    public void SetResult(TResult result) => _core.SetResult(result);

    /// <summary>Completes the method with an exception; the awaiting code continues inside this call.</summary>
    public void SetException(Exception exception) => _core.SetException(exception);

    TResult IValueTaskSource<TResult>.GetResult(short token) => TakeResult(token);

    void IValueTaskSource.GetResult(short token) => TakeResult(token);

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    /// <summary>Resets the box and returns it to the thread's pool.</summary>
    protected abstract void Return();

    private TResult TakeResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _core.Reset();
            Return();
        }
    }
}
