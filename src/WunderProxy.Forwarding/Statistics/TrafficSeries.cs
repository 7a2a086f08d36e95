namespace WunderProxy.Forwarding.Statistics;

/// <summary>What happened to one application, one upstream or the whole server, second by second for the last day.</summary>
public sealed class TrafficSeries
{
    private readonly SeriesClock _clock;
    private readonly Lock _gate = new();

    // In the order of SeriesWindow.
    private readonly SeriesRing[] _rings = [new(1, 60), new(5, 60), new(60, 60), new(3600, 24)];

    internal TrafficSeries(SeriesClock clock)
    {
        _clock = clock;
    }

    /// <summary>
    /// Returns the points of a window, oldest first: always all of them, also those in which nothing happened. The last
    /// one still goes on, except for seconds, which are told when they have ended.
    /// </summary>
    public IReadOnlyList<TrafficPoint> Read(SeriesWindow window)
    {
        var ring = _rings[(int)window];
        var labels = _clock.Labels();
        lock (_gate)
        {
            var second = _clock.Last;
            var last = ring.PointOf(second);
            var points = new TrafficPoint[ring.Count];
            for (var index = 0; index < points.Length; index++)
            {
                var number = last - (points.Length - 1) + index;
                var start = number * ring.SecondsEach;
                var length = TimeSpan.FromSeconds(number == last ? second - start + 1 : ring.SecondsEach);
                points[index] = ring.At(number)?.ToPoint(labels(start), length) ?? new TrafficPoint(labels(start), length);
            }

            return points;
        }
    }

    /// <summary>Adds what happened in one second.</summary>
    internal void Add(long second, SeriesItem item)
    {
        lock (_gate)
        {
            Array.ForEach(_rings, ring => ring.Add(second, item));
        }
    }

    /// <summary>Frees the memory of rings in which nothing happened any more.</summary>
    internal void Tidy(long second)
    {
        lock (_gate)
        {
            Array.ForEach(_rings, ring => ring.Tidy(second));
        }
    }

    /// <summary>Forgets all points of all windows.</summary>
    internal void Clear()
    {
        lock (_gate)
        {
            Array.ForEach(_rings, static ring => ring.Clear());
        }
    }
}
