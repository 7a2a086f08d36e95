namespace WunderProxy.ManagerApi;

/// <summary>
/// Bounds how many handlers run at once, callers with rights apart from all others, so that strangers who ask for what is
/// slow delay neither a deploy nor memory. What is answered from memory (<see cref="ApiRoute.IsLight"/>) never waits here.
/// </summary>
internal sealed class HandlerGate : IDisposable
{
    /// <summary>Most handlers that run at once, which may be as many blocked threads.</summary>
    public const int MaxRunning = MaxReaders + MaxPrivileged;

    /// <summary>Most handlers that run at once for callers without rights.</summary>
    internal const int MaxReaders = 4;

    /// <summary>Most handlers that run at once for callers with rights.</summary>
    internal const int MaxPrivileged = 16;

    private const int MaxWaiting = 128;

    /// <summary>How long a call waits for its turn; then 503.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _readers = new(MaxReaders);
    private readonly SemaphoreSlim _privileged = new(MaxPrivileged);
    private int _waiting;

    /// <summary>Waits for a turn.</summary>
    /// <param name="hasRights">Whether the caller may do everything.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>To be disposed of when the handler has ended.</returns>
    /// <exception cref="ApiException">503: too many wait, or the turn did not come in time.</exception>
    public async ValueTask<IDisposable> EnterAsync(bool hasRights, CancellationToken cancellationToken)
    {
        var lane = hasRights ? _privileged : _readers;
        if (!lane.Wait(TimeSpan.Zero, cancellationToken))
        {
            await WaitAsync(lane, cancellationToken);
        }

        return new Turn(lane);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _readers.Dispose();
        _privileged.Dispose();
    }

    private async Task WaitAsync(SemaphoreSlim lane, CancellationToken cancellationToken)
    {
        try
        {
            var mayWait = Interlocked.Increment(ref _waiting) <= MaxWaiting;
            if (!mayWait || !await lane.WaitAsync(Patience, cancellationToken))
            {
                throw ApiException.Overloaded();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private sealed class Turn(SemaphoreSlim lane) : IDisposable
    {
        private SemaphoreSlim? _lane = lane;

        public void Dispose()
        {
            try
            {
                Interlocked.Exchange(ref _lane, null)?.Release();
            }
            catch (ObjectDisposedException)
            {
                // The API ended before this handler did.
            }
        }
    }
}
