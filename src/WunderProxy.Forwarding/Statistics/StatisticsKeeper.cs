using System.Collections.Concurrent;
using WunderProxy.Forwarding.Applications;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Statistics;

/// <summary>
/// Reads the counters of all loops once a second and keeps what happened: for the server, for each application, and for
/// each upstream that is in service, drains, or was one of the last five within the last hour. Nothing runs on a
/// request's path but the loops' own counters.
/// </summary>
public sealed class StatisticsKeeper : IDisposable
{
    private readonly StatisticsSources _sources;
    private readonly SeriesClock _clock;
    private readonly SeriesSource _server;
    private readonly UpstreamTable _upstreams;
    private readonly ConcurrentDictionary<ProxyApplication, ApplicationStatistics> _applications = new();
    private readonly LatencySum _scratch = new();
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private long _readCount;
    private bool _isStopped;

    internal StatisticsKeeper(TimeProvider clock, StatisticsSources sources)
    {
        _sources = sources;
        _clock = new SeriesClock(clock);
        _server = new SeriesSource(_clock);
        _upstreams = new UpstreamTable(_clock);
        _timer = clock.CreateTimer(
            static state => ((StatisticsKeeper)state!).OnElapsed(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What happened to the server as a whole, requests for no application included.</summary>
    public TrafficSeries ServerSeries => _server.Series;

    /// <summary>Returns what happened to an application; nothing for one of another server.</summary>
    public TrafficSeries SeriesOf(ProxyApplication application)
    {
        ArgumentNullException.ThrowIfNull(application);
        return _applications.TryGetValue(application, out var known) ? known.Series : new TrafficSeries(_clock);
    }

    /// <summary>Returns what happened to an upstream; nothing for one that was never in service.</summary>
    public TrafficSeries SeriesOf(Upstream upstream)
    {
        ArgumentNullException.ThrowIfNull(upstream);
        return _upstreams.Of(upstream).Series;
    }

    /// <summary>How often the counters have been read: while this is the same, so are all series.</summary>
    public long ReadCount => Volatile.Read(ref _readCount);

    /// <summary>What metrics tell of requests that were for no application.</summary>
    public TrafficCounters UnroutedCounters => TrafficStats.SumCounters(_sources.Unrouted());

    /// <summary>Returns what metrics tell of an application.</summary>
    public static TrafficCounters CountersOf(ProxyApplication application)
    {
        ArgumentNullException.ThrowIfNull(application);
        return TrafficStats.SumCounters(application.Parts.Select(part => part.Stats));
    }

    /// <summary>Returns what metrics tell of an upstream.</summary>
    public static TrafficCounters CountersOf(Upstream upstream)
    {
        ArgumentNullException.ThrowIfNull(upstream);
        return TrafficStats.SumCounters(upstream.Parts.Select(part => part.Stats));
    }

    /// <summary>
    /// Returns the upstreams of an application that have series: in service, draining, and the last five that were so within
    /// the last hour. An upstream that just came into service is there after a second.
    /// </summary>
    public IReadOnlyList<Upstream> UpstreamsOf(ProxyApplication application)
    {
        ArgumentNullException.ThrowIfNull(application);
        return _applications.TryGetValue(application, out var known) ? known.Upstreams : [];
    }

    /// <summary>Stops reading; what was read stays.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isStopped = true;
        }

        _timer.Dispose();
    }

    /// <summary>Begins to read the counters once a second.</summary>
    internal void Start() => SetTimer();

    private void OnElapsed()
    {
        lock (_gate)
        {
            // A timer may be early, or late by several seconds on a busy machine: what came late counts for the last one.
            if (!_isStopped && _clock.TryStep())
            {
                Read();
            }
        }

        SetTimer();
    }

    private void Read()
    {
        var inFlight = 0;
        var waiting = 0;
        var applications = _sources.Applications();
        foreach (var application in applications)
        {
            var known = _applications.GetOrAdd(
                application, static (key, clock) => new ApplicationStatistics(key, clock), _clock);
            known.Read(_upstreams, _scratch);
            inFlight += known.Gauges.InFlight;
            waiting += known.Gauges.Waiting;
        }

        var parts = applications.SelectMany(application => application.Parts).Select(part => part.Stats);
        _server.Read(
            _sources.Unrouted().Concat(parts), SeriesGauges.Of(inFlight, waiting), _sources.Gauges(), _scratch);
        Volatile.Write(ref _readCount, _readCount + 1);
    }

    private void SetTimer()
    {
        lock (_gate)
        {
            if (!_isStopped)
            {
                // Set anew each time, because a period would drift against the seconds and leave one out now and then.
                _timer.Change(_clock.UntilNext, Timeout.InfiniteTimeSpan);
            }
        }
    }
}
