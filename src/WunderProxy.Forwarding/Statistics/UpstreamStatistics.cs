using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Statistics;

/// <summary>The series of one upstream. Used by one thread, but for the series itself.</summary>
internal sealed class UpstreamStatistics(Upstream upstream, SeriesClock clock)
{
    private readonly SeriesSource _source = new(clock);

    /// <summary>The upstream to which the numbers belong.</summary>
    public Upstream Upstream => upstream;

    /// <summary>What happened to the upstream, second by second.</summary>
    public TrafficSeries Series => _source.Series;

    /// <summary>The latest second in which the upstream was in service or drained.</summary>
    public long LastUsed { get; set; }

    /// <summary>Reads the counters at the end of a second.</summary>
    /// <returns>Number of exchanges and tunnels in flight.</returns>
    public int Read(LatencySum scratch)
    {
        var inFlight = upstream.InFlight;
        _source.Read(upstream.Parts.Select(part => part.Stats), SeriesGauges.Of(inFlight, waiting: 0), server: null, scratch);
        return inFlight;
    }
}
