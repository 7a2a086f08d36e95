namespace WunderProxy.ManagerApi;

/// <summary>
/// Limits how many handlers run at once, with separate limits for callers with rights and for all others, so that
/// strangers who make slow calls delay no deploy and use up no memory. Calls that are answered from memory
/// (<see cref="ApiRoute.IsLight"/>) never wait here.
/// </summary>
internal sealed class HandlerGate : IDisposable
{
    /// <summary>Most handlers that run at once, each of which may block a thread.</summary>
    public const int MaxRunning = MaxReaders + MaxPrivileged;

    /// <summary>Most handlers that run at once for callers without rights.</summary>
    internal const int MaxReaders = 4;

    /// <summary>Most handlers that run at once for callers with rights.</summary>
    internal const int MaxPrivileged = 16;

    private const int MaxWaiting = 128;

    /// <summary>Longest time that a call waits for its turn; then the answer is 503.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _readers = new(MaxReaders);
    private readonly SemaphoreSlim _privileged = new(MaxPrivileged);
    private int _waiting;

    /// <summary>Waits until the handler may run.</summary>
    /// <param name="hasRights">Whether the caller may make changes.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>A handle to dispose of when the handler has ended.</returns>
    /// <exception cref="ApiException">503: too many calls wait, or this one waited too long.</exception>
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
                // The API was disposed of before this handler ended.
            }
        }
    }
}
