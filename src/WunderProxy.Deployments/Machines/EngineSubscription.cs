namespace WunderProxy.Deployments.Machines;

/// <summary>What binds a listener to an <see cref="EngineFollower"/>; its disposal waits for a call that is under way.</summary>
internal sealed class EngineSubscription(IEngineListener listener, Action<EngineSubscription> leave) : IAsyncDisposable
{
    private readonly CancellationTokenSource _left = new();
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Calls the listener, unless it has left.</summary>
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
            // The others are told all the same.
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Cancels a call under way, waits for its end, and lets none follow.</summary>
    public async ValueTask DisposeAsync()
    {
        leave(this);
        await _left.CancelAsync();
        await _one.WaitAsync();
        _one.Release();
    }
}
