using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Forwarding.Statistics;

/// <summary>What happened in one second, five seconds, minute or hour.</summary>
/// <param name="Start">When it began, UTC by the clock of today: if the clock is set, all points move with it.</param>
/// <param name="Length">
/// How long it lasted; of the last point of a series, which still goes on, how much of it has passed.
/// </param>
public sealed record TrafficPoint(DateTimeOffset Start, TimeSpan Length)
{
    /// <summary>Number of exchanges that ended, refused requests included.</summary>
    public long Requests { get; init; }

    /// <summary>Responses with a status from 100 to 199: upgrades to another protocol.</summary>
    public long Status1xx { get; init; }

    /// <summary>Responses with a status from 200 to 299.</summary>
    public long Status2xx { get; init; }

    /// <summary>Responses with a status from 300 to 399.</summary>
    public long Status3xx { get; init; }

    /// <summary>Responses with a status from 400 to 499, <see cref="ClientClosed"/> included.</summary>
    public long Status4xx { get; init; }

    /// <summary>Responses with a status from 500 to 599.</summary>
    public long Status5xx { get; init; }

    /// <summary>Exchanges whose client left before it got a response, counted with status 499.</summary>
    public long ClientClosed { get; init; }

    /// <summary>Responses with status 502 or 504 that the proxy made itself.</summary>
    public long GatewayErrors { get; init; }

    /// <summary>Exchanges whose response was cut off, by either side.</summary>
    public long Aborted { get; init; }

    /// <summary>Bytes received from clients: heads, bodies and tunnels.</summary>
    public long BytesIn { get; init; }

    /// <summary>Bytes sent to clients: heads, bodies and tunnels.</summary>
    public long BytesOut { get; init; }

    /// <summary>Connects to the upstream that failed.</summary>
    public long ConnectsFailed { get; init; }

    /// <summary>Requests that were sent once more, on another connection.</summary>
    public long Retries { get; init; }

    /// <summary>Requests that were sent to a peer because they failed here.</summary>
    public long Fallbacks { get; init; }

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
    public double RequestsPerSecond => Length > TimeSpan.Zero ? Requests / Length.TotalSeconds : 0;

    /// <summary>Share of the exchanges that ended with a status from 500 on, 0 to 1; 0 if none ended.</summary>
    public double ErrorShare => Requests > 0 ? (double)Status5xx / Requests : 0;
}
