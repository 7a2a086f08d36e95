namespace WunderProxy.Deployments.Docker;

/// <summary>A token that ends with the caller's, or when the time is up.</summary>
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

    /// <summary>Whether the time was up, whoever else cancelled.</summary>
    public bool IsExpired => _timer.IsCancellationRequested;

    /// <summary>Starts the time anew: there was progress.</summary>
    public void Restart(TimeSpan limit) => _timer.CancelAfter(limit);

    public void Dispose()
    {
        _linked.Dispose();
        _timer.Dispose();
    }
}
