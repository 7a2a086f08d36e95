namespace WunderProxy.Deployments.Docker;

/// <summary>A cancellation token that ends with the caller's token, or when the time limit passes.</summary>
internal sealed class CallTimeout : IDisposable
{
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _linked;

    public CallTimeout(TimeSpan limit, TimeProvider clock, CancellationToken cancellationToken)
    {
        _timer = new CancellationTokenSource(limit, clock);
        _linked = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, cancellationToken);
    }

    public CancellationToken Token => _linked.Token;

    /// <summary>Whether the time limit has passed, whether or not the caller cancelled too.</summary>
    public bool IsExpired => _timer.IsCancellationRequested;

    /// <summary>Starts the time limit again, after progress.</summary>
    public void Restart(TimeSpan limit) => _timer.CancelAfter(limit);

    public void Dispose()
    {
        _linked.Dispose();
        _timer.Dispose();
    }
}
