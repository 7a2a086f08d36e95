namespace WunderProxy.Deployments.Machines;

/// <summary>
/// A listener's subscription to an <see cref="EngineFollower"/>; disposing of it waits for a call in progress.
/// </summary>
internal sealed class EngineSubscription(IEngineListener listener, Action<EngineSubscription> leave) : IAsyncDisposable
{
    private readonly CancellationTokenSource _left = new();
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Calls the listener, unless the subscription has ended.</summary>
    public async Task TellAsync(Func<IEngineListener, CancellationToken, Task> tell, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            using var untilLeft = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _left.Token);
            if (!_left.IsCancellationRequested)
            {
                await tell(listener, untilLeft.Token);
            }
        }
        catch (OperationCanceledException) when (_left.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // The other listeners are called nevertheless.
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Cancels a call in progress, waits for its end, and prevents further ones.</summary>
    public async ValueTask DisposeAsync()
    {
        leave(this);
        await _left.CancelAsync();
        await _one.WaitAsync();
        _one.Release();
    }
}
