namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>
/// Counts responses by status, 0 to 999. One loop writes; other threads may read figures that are a few exchanges old.
/// Memory is taken only for statuses that occur.
/// </summary>
internal sealed class StatusTable
{
    private const int ClassSize = 100;
    private const int FirstPlaces = 4;

    // For each status of a class, 1 + the place of its count; 0 if it never occurred.
    private readonly ushort[]?[] _places = new ushort[]?[StatusCounts.MaxClasses];
    private long[] _counts = new long[FirstPlaces];
    private int _used;

    /// <summary>Counts one response by its exact status.</summary>
    public void Count(int status)
    {
        var place = _places[status / ClassSize] is { } places ? places[status % ClassSize] : 0;
        if (place == 0)
        {
            place = NewPlace(status);
        }

        _counts[place - 1]++;
    }

    /// <summary>Adds the counts to those of all statuses.</summary>
    /// <param name="counts">One count for each status from 0 to 999.</param>
    public void AddTo(Span<long> counts)
    {
        for (var group = 0; group < _places.Length; group++)
        {
            if (Volatile.Read(ref _places[group]) is not { } places)
            {
                continue;
            }

            for (var status = 0; status < ClassSize; status++)
            {
                counts[(group * ClassSize) + status] += CountAt(Volatile.Read(ref places[status]));
            }
        }
    }


    private long CountAt(int place)
    {
        // The array may be one before the place was made.
        var counts = Volatile.Read(ref _counts);
        return place > 0 && place <= counts.Length ? Volatile.Read(ref counts[place - 1]) : 0;
    }

    private int NewPlace(int status)
    {
        if (_used == _counts.Length)
        {
            var larger = new long[_counts.Length * 2];
            _counts.CopyTo(larger, 0);
            Volatile.Write(ref _counts, larger);
        }

        if (_places[status / ClassSize] is not { } places)
        {
            places = new ushort[ClassSize];
            Volatile.Write(ref _places[status / ClassSize], places);
        }

        _used++;
        Volatile.Write(ref places[status % ClassSize], (ushort)_used);
        return _used;
    }
}
