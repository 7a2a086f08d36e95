using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi.Page;

/// <summary>
/// The history and the events as last read from the store. The page never waits long for the store: it shows what was read before,
/// while one reading at most is under way.
/// </summary>
/// <param name="lifecycle">Reads history and events.</param>
/// <param name="clock">Clock for the age of what was read.</param>
internal sealed class HistoryCache(IContainerLifecycle lifecycle, TimeProvider clock)
{
    /// <summary>How long a first caller waits for the store.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(40);

    /// <summary>How long a history that was read serves.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private PastFacts? _last;
    private Task _reading = Task.CompletedTask;
    private long _readAt;
    private string? _servedHash;

    /// <summary>
    /// Returns what was last read; null before the first reading. Begins another one if the last
    /// is old, or something else is in service than at that time.
    /// </summary>
    public PastFacts? Read(string? servedHash)
    {
        _ = Begin(servedHash);
        return Volatile.Read(ref _last);
    }

    /// <summary>Waits a moment for the first reading.</summary>
    public async ValueTask WaitAsync(string? servedHash)
    {
        var reading = Begin(servedHash);
        if (Volatile.Read(ref _last) is null)
        {
            await Task.WhenAny(reading, Task.Delay(Patience, clock));
        }
    }

    private Task Begin(string? servedHash)
    {
        lock (_lock)
        {
            if (_reading.IsCompleted && (_readAt == 0 || servedHash != _servedHash || clock.GetElapsedTime(_readAt) > Freshness))
            {
                _servedHash = servedHash;
                _readAt = clock.GetTimestamp();
                _reading = Task.Run(ReadFromStoreAsync);
            }

            return _reading;
        }
    }

    private async Task ReadFromStoreAsync()
    {
        try
        {
            var entries = await lifecycle.GetHistoryAsync(CancellationToken.None);
            Volatile.Write(ref _last, new PastFacts(entries, _last?.Events ?? []));

            // The events may take longer, and the history is shown without them.
            var events = await lifecycle.GetEventsAsync(CancellationToken.None);
            Volatile.Write(ref _last, new PastFacts(entries, events));
        }
        catch (DeploymentException)
        {
            // The store does not answer, which the page shows by its state; the last history stays.
        }
    }
}
