using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Forwarding.Statistics;

/// <summary>What happened in one second, five seconds, minute or hour.</summary>
/// <param name="Start">When it began, UTC by the clock of today: if the clock is set, all points move with it.</param>
/// <param name="Length">
/// How long it lasted; of the last point of a series, which still goes on, how much of it has passed.
/// </param>
public sealed record TrafficPoint(DateTimeOffset Start, TimeSpan Length)
{
    /// <summary>Counts of the exchanges that ended.</summary>
    public TrafficTotals Totals { get; init; }

    /// <summary>Histogram of the durations of the exchanges that ended.</summary>
    public LatencyHistogram Latency { get; init; } = LatencyHistogram.Empty;

    /// <summary>Exchanges and tunnels in flight at the end.</summary>
    public int InFlight { get; init; }

    /// <summary>The most that were in flight, of one look a second.</summary>
    public int InFlightMax { get; init; }

    /// <summary>Requests that waited for the end of a pause, at the end; 0 for an upstream.</summary>
    public int Waiting { get; init; }

    /// <summary>The most that waited, of one look a second.</summary>
    public int WaitingMax { get; init; }

    /// <summary>Client connections at the end, by state; all 0 but for the server as a whole.</summary>
    public ConnectionCounts Connections { get; init; }

    /// <summary>The most client connections, of one look a second; 0 but for the server as a whole.</summary>
    public int ConnectionsMax { get; init; }

    /// <summary>Bytes of memory that buffers held of bodies at the end; 0 but for the server as a whole.</summary>
    public long BufferMemory { get; init; }

    /// <summary>Bytes that buffers held in temporary files at the end; 0 but for the server as a whole.</summary>
    public long BufferDisk { get; init; }

    /// <summary>Exchanges that ended, for each second.</summary>
    public double RequestsPerSecond => Length > TimeSpan.Zero ? Totals.Requests / Length.TotalSeconds : 0;

    /// <summary>Share of the exchanges that ended with a status from 500 on, 0 to 1; 0 if none ended.</summary>
    public double ErrorShare => Totals.Requests > 0 ? (double)Totals.Status5xx / Totals.Requests : 0;
}
