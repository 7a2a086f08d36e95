using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Forwarding.Statistics;

/// <summary>What a ring keeps of one point; a point in which nothing happened has none.</summary>
/// <param name="Traffic">The exchanges that ended; null if none did.</param>
/// <param name="Gauges">What was in flight and waited.</param>
/// <param name="Server">What the server held; null for applications and upstreams.</param>
internal sealed record SeriesItem(SeriesTraffic? Traffic, SeriesGauges Gauges, ServerGauges? Server)
{
    /// <summary>Returns the point of both, of which <paramref name="later"/> came later.</summary>
    public SeriesItem Then(SeriesItem later) => new(
        SeriesTraffic.Merge(Traffic, later.Traffic),
        Gauges.Then(later.Gauges),
        later.Server is { } server
            ? server with { ConnectionsMax = Math.Max(server.ConnectionsMax, Server?.ConnectionsMax ?? 0) }
            : Server);

    /// <summary>Returns the point as it is read.</summary>
    public TrafficPoint ToPoint(DateTimeOffset start, TimeSpan length) =>
        new(start, length)
        {
            Totals = Traffic?.Totals ?? default,
            Latency = Traffic?.Latency ?? LatencyHistogram.Empty,
            InFlight = Gauges.InFlight,
            InFlightMax = Gauges.InFlightMax,
            Waiting = Gauges.Waiting,
            WaitingMax = Gauges.WaitingMax,
            Connections = Server?.Connections ?? default,
            ConnectionsMax = Server?.ConnectionsMax ?? 0,
            BufferMemory = Server?.BufferMemory ?? 0,
            BufferDisk = Server?.BufferDisk ?? 0,
        };
}
