using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Forwarding.Statistics;

/// <summary>
/// The latest points of one length. A ring in which nothing happened for its whole length takes no memory.
/// </summary>
/// <param name="secondsEach">Length of a point in seconds.</param>
/// <param name="count">Number of points kept.</param>
internal sealed class SeriesRing(int secondsEach, int count)
{
    private SeriesItem?[]? _items;
    private long _newest;

    /// <summary>Length of a point in seconds.</summary>
    public int SecondsEach => secondsEach;

    /// <summary>Number of points that the ring keeps.</summary>
    public int Count => count;

    /// <summary>Adds what happened in one second, which is not before the one added last.</summary>
    /// <param name="second">The second, counted as <see cref="SeriesClock"/> does.</param>
    /// <param name="item">What happened in it.</param>
    public void Add(long second, SeriesItem item)
    {
        var point = PointOf(second);
        _items ??= Begin(point);
        if (point - _newest >= count)
        {
            Array.Clear(_items);
            _newest = point;
        }

        while (_newest < point)
        {
            _newest++;
            _items[PlaceOf(_newest)] = null;
        }

        ref var place = ref _items[PlaceOf(point)];
        place = place?.Then(item) ?? item;
    }

    /// <summary>Frees the memory if nothing happened within the length of the ring before <paramref name="second"/>.</summary>
    public void Tidy(long second)
    {
        if (_items is not null && PointOf(second) - _newest >= count)
        {
            _items = null;
        }
    }

    /// <summary>Forgets all points and frees their memory.</summary>
    public void Clear() => _items = null;

    /// <summary>Returns a point by its number since 1970; null if nothing happened in it.</summary>
    public SeriesItem? At(long point) =>
        _items is not null && point <= _newest && point > _newest - count ? _items[PlaceOf(point)] : null;

    /// <summary>Returns the number of the point to which a second belongs; negative before 1970.</summary>
    public long PointOf(long second) => FloorDivision.Quotient(second, secondsEach);

    private int PlaceOf(long point) => (int)FloorDivision.Remainder(point, count);

    private SeriesItem?[] Begin(long point)
    {
        _newest = point;
        return new SeriesItem?[count];
    }
}
