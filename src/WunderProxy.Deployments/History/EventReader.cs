using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.History;

/// <summary>
/// The newest events of a service, as all machines have written them to the store. Each event is read once, because
/// events never change; a further reading costs a listing of the newest keys and what is new.
/// </summary>
/// <param name="store">The store in which events are kept.</param>
/// <param name="prefix">The service's prefix in the store.</param>
/// <param name="maxCount">Most events that are read and kept.</param>
public sealed class EventReader(IObjectStore store, string prefix, int maxCount = EventReader.DefaultCount)
{
    /// <summary>Number of events that are read; twenty machines write some forty for each deploy.</summary>
    public const int DefaultCount = 500;

    /// <summary>Most events that are read from the store at once.</summary>
    private const int MaxReads = 16;

    /// <summary>Most characters kept of each text of an event; the store has all of it.</summary>
    private const int MaxText = 300;

    private readonly Lock _lock = new();

    /// <summary>Events that were read, by key; null for an object that is no event.</summary>
    private readonly SortedDictionary<string, DeploymentEvent?> _known = new(StringComparer.Ordinal);
    private Task<IReadOnlyList<DeploymentEvent>> _reading = Task.FromResult<IReadOnlyList<DeploymentEvent>>([]);

    /// <summary>The events read so far, in ascending order of time.</summary>
    public IReadOnlyList<DeploymentEvent> Known
    {
        get
        {
            lock (_lock)
            {
                return [.. _known.Values.OfType<DeploymentEvent>()];
            }
        }
    }

    /// <summary>
    /// Reads the newest events, in ascending order of time; objects that are not events are skipped. Callers that come
    /// while a reading is under way get its result. What was read before a failure is in <see cref="Known"/>.
    /// </summary>
    /// <param name="cancellationToken">Cancels the wait; the reading goes on, and a later call has what it found.</param>
    /// <exception cref="ObjectStoreException">The store failed.</exception>
    public Task<IReadOnlyList<DeploymentEvent>> ReadAsync(CancellationToken cancellationToken)
    {
        Task<IReadOnlyList<DeploymentEvent>> reading;
        lock (_lock)
        {
            if (_reading.IsCompleted)
            {
                _reading = Task.Run(ReadNewAsync, CancellationToken.None);
            }

            reading = _reading;
        }

        return reading.WaitAsync(cancellationToken);
    }

    /// <summary>Reads the newest events, or what is known of them if the store fails or takes too long.</summary>
    /// <param name="patience">Longest wait; the reading goes on, and a later call has what it found.</param>
    /// <param name="clock">Measures the wait.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The events in ascending order of time, and whether these are all.</returns>
    public async Task<(IReadOnlyList<DeploymentEvent> Events, bool IsWhole)> ReadWithinAsync(
        TimeSpan patience, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            return (await ReadAsync(CancellationToken.None).WaitAsync(patience, clock, cancellationToken), true);
        }
        catch (Exception exception) when (exception is ObjectStoreException or TimeoutException)
        {
            return (Known, false);
        }
    }

    private async Task<IReadOnlyList<DeploymentEvent>> ReadNewAsync()
    {
        await Parallel.ForEachAsync(
            Forget(await ListAsync()),
            new ParallelOptions { MaxDegreeOfParallelism = MaxReads },
            async (key, token) => Keep(key, await TryReadAsync(key, token)));
        return Known;
    }

    /// <summary>
    /// Lists the newest keys, page by page because a listing begins with the oldest. Once as many keys are known as are
    /// kept, only newer ones are listed.
    /// </summary>
    private async Task<IReadOnlyList<string>> ListAsync()
    {
        var oldest = OldestIfFull();
        List<string> last = oldest is null ? [] : [oldest];
        IReadOnlyList<string> page;
        var after = oldest;
        do
        {
            page = await store.ListAsync(ObjectKey.Events(prefix), after, CancellationToken.None);
            last = [.. last.Concat(page).TakeLast(maxCount)];
            after = page.Count > 0 ? page[^1] : null;
        }
        while (page.Count >= ObjectStores.MaxListed);

        return last;
    }

    private string? OldestIfFull()
    {
        lock (_lock)
        {
            return _known.Count == maxCount ? _known.Keys.First() : null;
        }
    }

    /// <summary>Forgets what is not among the newest any more, and returns the keys that are unknown, newest first.</summary>
    private IReadOnlyList<string> Forget(IReadOnlyList<string> newest)
    {
        var wanted = newest.ToHashSet(StringComparer.Ordinal);
        lock (_lock)
        {
            foreach (var gone in _known.Keys.Where(key => !wanted.Contains(key)).ToArray())
            {
                _known.Remove(gone);
            }

            return [.. newest.Where(key => !_known.ContainsKey(key)).Reverse()];
        }
    }

    private void Keep(string key, DeploymentEvent? read)
    {
        lock (_lock)
        {
            _known[key] = read;
        }
    }

    private async Task<DeploymentEvent?> TryReadAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            if (await store.GetAsync(key, cancellationToken) is { } read && EventJson.TryRead(read.Bytes, out var parsed))
            {
                return Bounded(parsed) with { Id = ObjectKey.EventIdIn(key) };
            }
        }
        catch (ObjectStoreException exception) when (exception.IsAboutContent)
        {
            // The object is too large, or a link or the like in a directory.
        }

        return null;
    }

    private static DeploymentEvent Bounded(DeploymentEvent read) => read with
    {
        Type = Cut(read.Type),
        By = Cut(read.By),
        Host = Cut(read.Host),
        Revision = Cut(read.Revision),
        Hash = Cut(read.Hash),
        FromHash = Cut(read.FromHash),
        Result = Cut(read.Result),
        Reason = Cut(read.Reason),
    };

    private static string Cut(string text) => text.Length <= MaxText ? text : $"{text.AsSpan(0, MaxText)} …";
}
