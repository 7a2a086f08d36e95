namespace WunderProxy.Forwarding.Fallback;

/// <summary>
/// Remembers the ids of fallbacks for as long as one could be used again. Shared by all loops, under a lock.
/// </summary>
/// <remarks>
/// Two sets take turns: an id stays for one to two times the given time, and a whole set is forgotten at once. A full
/// set takes no more ids, because believing what cannot be checked would be the greater harm.
/// </remarks>
internal sealed class ReplayStore(TimeSpan keep, int capacity, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private HashSet<ulong> _newer = [];
    private HashSet<ulong> _older = [];
    private long _turnedAt = clock.GetTimestamp();

    /// <summary>Remembers the id of a fallback that is used now.</summary>
    /// <returns>False if the id was used before, or there is no room.</returns>
    public bool TryAdd(ulong id)
    {
        lock (_gate)
        {
            Turn();
            return !_older.Contains(id) && _newer.Count < capacity && _newer.Add(id);
        }
    }

    private void Turn()
    {
        var elapsed = clock.GetElapsedTime(_turnedAt);
        if (elapsed < keep)
        {
            return;
        }

        (_older, _newer) = (elapsed < keep * 2 ? _newer : [], []);
        _turnedAt = clock.GetTimestamp();
    }
}
