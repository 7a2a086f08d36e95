using System.Diagnostics;

namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>
/// Finds the durations of requests by a number that stands for their labels: without hashing a text, and without memory
/// once the labels have occurred. One loop uses it; other threads read.
/// </summary>
internal sealed class DurationTable
{
    /// <summary>Most sets of labels; requests with others are counted together.</summary>
    public const int MaxSets = 128;

    private const int FirstSlots = 8;
    private const int MaxSlots = MaxSets * 2;
    private const int OverflowKey = -1;

    // Multiplied, keys that differ in few bits fall far apart (Knuth, The Art of Computer Programming, section 6.4).
    private const uint Spread = 2_654_435_769;

    // A power of two, and never more than half full.
    private DurationSet?[] _slots = new DurationSet?[FirstSlots];
    private DurationSet? _latest;
    private DurationSet? _overflow;
    private int _count;

    /// <summary>All sets, the one of the requests beyond the bound included.</summary>
    public IEnumerable<DurationSet> Sets
    {
        get
        {
            foreach (var set in Volatile.Read(ref _slots))
            {
                if (set is not null)
                {
                    yield return set;
                }
            }

            if (Volatile.Read(ref _overflow) is { } overflow)
            {
                yield return overflow;
            }
        }
    }

    /// <summary>Sums the tables of several loops.</summary>
    public static RequestDurations Sum(IEnumerable<DurationTable> tables) => new(
    [
        .. tables.SelectMany(table => table.Sets)
            .GroupBy(set => set.Labels)
            .Select(group => new RequestDuration(
                group.Key,
                BucketCounts.Sum(
                    group.Select(set => set.Ticks), BucketBounds.DurationTicks, 1.0 / TimeSpan.TicksPerSecond))),
    ]);

    /// <summary>
    /// Finds the set of a key; null if it has to be added, which is done by <see cref="Add"/>.
    /// </summary>
    /// <param name="key">A number from 0.</param>
    public DurationSet? Find(int key)
    {
        if (_latest is { } latest && latest.Key == key)
        {
            return latest;
        }

        for (var slot = SlotOf(key, _slots); _slots[slot] is { } set; slot = (slot + 1) & (_slots.Length - 1))
        {
            if (set.Key == key)
            {
                _latest = set;
                return set;
            }
        }

        return _count < MaxSets ? null : _overflow ??= new DurationSet(OverflowKey, RequestLabels.Overflow);
    }

    /// <summary>Adds a set that was not found.</summary>
    public DurationSet Add(int key, RequestLabels labels)
    {
        Debug.Assert(_count < MaxSets, "it was not found");
        var set = new DurationSet(key, labels);
        if ((_count + 1) * 2 > _slots.Length && _slots.Length < MaxSlots)
        {
            // Complete before readers see it.
            var larger = new DurationSet?[_slots.Length * 2];
            foreach (var old in _slots.OfType<DurationSet>())
            {
                Put(old, larger);
            }

            Volatile.Write(ref _slots, larger);
        }

        Put(set, _slots);
        _count++;
        _latest = set;
        return set;
    }

    private static int SlotOf(int key, DurationSet?[] slots) => (int)(((uint)key * Spread) >> 16) & (slots.Length - 1);

    private static void Put(DurationSet set, DurationSet?[] slots)
    {
        var slot = SlotOf(set.Key, slots);
        while (slots[slot] is not null)
        {
            slot = (slot + 1) & (slots.Length - 1);
        }

        Volatile.Write(ref slots[slot], set);
    }
}
