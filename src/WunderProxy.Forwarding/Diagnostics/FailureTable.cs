namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>
/// Counts the failed exchanges of one loop and application for the last minutes, by how they failed. Only that loop
/// writes; a good exchange costs nothing. Nothing is allocated but for the first failure of a kind in a minute.
/// </summary>
internal sealed class FailureTable
{
    /// <summary>Number of minutes that are kept, the present one included.</summary>
    public const int Minutes = 11;

    /// <summary>Most kinds that are kept apart in a minute; what is beyond counts as the last of them.</summary>
    public const int MaxKinds = 32;

    private const long MillisecondsPerMinute = 60_000;

    private readonly Minute?[] _minutes = new Minute?[Minutes];

    /// <summary>Counts a failed exchange in the present minute.</summary>
    /// <param name="kind">How it failed.</param>
    /// <param name="unixMilliseconds">The present time.</param>
    public void Count(FailureKind kind, long unixMilliseconds)
    {
        var number = FloorDivision.Quotient(unixMilliseconds, MillisecondsPerMinute);
        ref var slot = ref _minutes[FloorDivision.Remainder(number, Minutes)];
        if (slot is null || slot.Number != number)
        {
            Volatile.Write(ref slot, new Minute(number));
        }

        slot.Count(kind);
    }

    /// <summary>Returns the counts of the last minutes; may be called on any thread.</summary>
    public IEnumerable<FailureCount> Read(long unixMilliseconds)
    {
        var now = FloorDivision.Quotient(unixMilliseconds, MillisecondsPerMinute);
        for (var index = 0; index < Minutes; index++)
        {
            if (Volatile.Read(ref _minutes[index]) is not { } minute || minute.Number > now || minute.Number <= now - Minutes)
            {
                continue;
            }

            foreach (var (kind, count) in minute.Read())
            {
                yield return new FailureCount(DateTimeOffset.FromUnixTimeMilliseconds(minute.Number * MillisecondsPerMinute), kind, count);
            }
        }
    }

    /// <summary>The failures of one minute. An entry is published by the number of entries, and never removed.</summary>
    private sealed class Minute(long number)
    {
        private readonly FailureKind[] _kinds = new FailureKind[MaxKinds];
        private readonly long[] _counts = new long[MaxKinds];
        private int _used;

        public long Number => number;

        public void Count(FailureKind kind)
        {
            var index = Array.IndexOf(_kinds, kind, 0, _used);
            if (index < 0 && _used == MaxKinds)
            {
                index = MaxKinds - 1;
            }

            if (index < 0)
            {
                index = _used;
                _kinds[index] = kind;
                Volatile.Write(ref _used, _used + 1);
            }

            Volatile.Write(ref _counts[index], _counts[index] + 1);
        }

        public IEnumerable<(FailureKind Kind, long Count)> Read()
        {
            var used = Volatile.Read(ref _used);
            for (var index = 0; index < used; index++)
            {
                if (Volatile.Read(ref _counts[index]) is > 0 and var count)
                {
                    yield return (_kinds[index], count);
                }
            }
        }
    }
}
