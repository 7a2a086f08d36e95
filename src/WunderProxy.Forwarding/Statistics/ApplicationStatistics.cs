using WunderProxy.Forwarding.Applications;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Statistics;

/// <summary>The series of one application and of its upstreams. Used by one thread, but for the series themselves.</summary>
internal sealed class ApplicationStatistics(ProxyApplication application, SeriesClock clock)
{
    /// <summary>Number of upstreams out of service whose series are kept.</summary>
    public const int MaxPrevious = 5;

    /// <summary>Seconds that the series of an upstream is kept after its last exchange.</summary>
    public const int PreviousSeconds = 3600;

    // Replaced as a whole, for readers on other threads.
    private volatile UpstreamStatistics[] _upstreams = [];
    private readonly SeriesSource _source = new(clock);

    /// <summary>The series of the application.</summary>
    public TrafficSeries Series => _source.Series;

    /// <summary>The upstreams that have series; readable from any thread.</summary>
    public IReadOnlyList<Upstream> Upstreams => [.. _upstreams.Select(known => known.Upstream)];

    /// <summary>What was in flight and waited when the counters were read last.</summary>
    public SeriesGauges Gauges { get; private set; }

    /// <summary>Reads all counters at the end of a second.</summary>
    /// <param name="known">What is known of upstreams, longer than their series are kept.</param>
    /// <param name="scratch">For sums; its content is lost.</param>
    public void Read(UpstreamTable known, LatencySum scratch)
    {
        NoteUpstreams(known);
        var inFlight = 0;
        foreach (var upstream in _upstreams)
        {
            inFlight += upstream.Read(scratch);
        }

        Gauges = SeriesGauges.Of(inFlight, application.Waiting);
        _source.Read(application.Parts.Select(part => part.Stats), Gauges, server: null, scratch);
        Forget();
    }

    private void NoteUpstreams(UpstreamTable known)
    {
        if (application.Slot.Current is { } current)
        {
            Note(known.Of(current));
        }

        foreach (var draining in application.Slot.Draining)
        {
            Note(known.Of(draining));
        }
    }

    private void Note(UpstreamStatistics upstream)
    {
        upstream.LastUsed = clock.Last;
        if (!_upstreams.Contains(upstream))
        {
            _upstreams = [.. _upstreams, upstream];
        }
    }

    private void Forget()
    {
        var previous = _upstreams.Where(upstream => upstream.LastUsed < clock.Last)
            .OrderByDescending(upstream => upstream.LastUsed)
            .ToArray();
        for (var index = 0; index < previous.Length; index++)
        {
            if (index >= MaxPrevious || clock.Last - previous[index].LastUsed > PreviousSeconds)
            {
                previous[index].Series.Clear();
                _upstreams = [.. _upstreams.Except([previous[index]])];
            }
        }
    }
}
