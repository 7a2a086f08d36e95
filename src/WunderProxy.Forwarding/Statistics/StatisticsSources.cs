using WunderProxy.Forwarding.Applications;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Forwarding.Statistics;

/// <summary>Where the numbers of a server come from.</summary>
/// <param name="Applications">Returns the applications that are or were served.</param>
/// <param name="Unrouted">Returns the counters of requests that were for no application.</param>
/// <param name="Gauges">Returns what the server holds at present.</param>
internal sealed record StatisticsSources(
    Func<IReadOnlyList<ProxyApplication>> Applications,
    Func<IEnumerable<TrafficStats>> Unrouted,
    Func<ServerGauges> Gauges);
