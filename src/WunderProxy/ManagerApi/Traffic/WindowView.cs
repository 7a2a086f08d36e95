using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Statistics;

namespace WunderProxy.ManagerApi.Traffic;

/// <summary>What happened within a window of time, up to now.</summary>
internal sealed record WindowView
{
    /// <summary>Seconds that the window covers.</summary>
    public required double Seconds { get; init; }

    /// <summary>Number of exchanges that ended.</summary>
    public required long Requests { get; init; }

    /// <summary>Number of exchanges that ended, for each second.</summary>
    public required double RequestsPerSecond { get; init; }

    /// <summary>Share of the exchanges with a status from 500 on, 0 to 1.</summary>
    public required double ErrorShare { get; init; }

    /// <summary>Number of responses by class, with keys such as <c>2xx</c>; classes without a response are absent.</summary>
    public required IReadOnlyDictionary<string, long> Classes { get; init; }

    /// <summary>Number of 502 and 504 answers that the proxy made itself.</summary>
    public required long GatewayErrors { get; init; }

    /// <summary>Number of exchanges whose response was cut off.</summary>
    public required long Aborted { get; init; }

    /// <summary>Number of connects to the upstream that failed.</summary>
    public required long ConnectsFailed { get; init; }

    /// <summary>Number of requests that were sent once more, on another connection.</summary>
    public required long Retries { get; init; }

    /// <summary>Number of requests that were sent to a peer.</summary>
    public required long Fallbacks { get; init; }

    /// <summary>Bytes received from clients and sent to them in the window.</summary>
    public required ByteCounts Bytes { get; init; }

    /// <summary>Quantiles of the durations, in seconds, at most 2% wrong.</summary>
    public required ResponseTimes ResponseTimes { get; init; }

    /// <summary>The most exchanges in flight, of one look a second.</summary>
    public required int InFlightMax { get; init; }

    /// <summary>The most requests that waited for the end of a pause, of one look a second.</summary>
    public required int WaitingMax { get; init; }

    /// <summary>Adds up the points of a window.</summary>
    public static WindowView Of(IReadOnlyList<TrafficPoint> points)
    {
        var seconds = points.Sum(point => point.Length.TotalSeconds);
        var totals = TrafficTotals.Sum(points.Select(point => point.Totals));
        return new WindowView
        {
            Seconds = seconds,
            Requests = totals.Requests,
            RequestsPerSecond = Math.Round(totals.Requests / seconds, 3),
            ErrorShare = totals.Requests == 0 ? 0 : Math.Round((double)totals.Status5xx / totals.Requests, 6),
            Classes = ClassCounts.Of(totals),
            GatewayErrors = totals.GatewayErrors,
            Aborted = totals.Aborted,
            ConnectsFailed = totals.ConnectsFailed,
            Retries = totals.Retries,
            Fallbacks = totals.Fallbacks,
            Bytes = new ByteCounts(totals.BytesIn, totals.BytesOut),
            ResponseTimes = LatencyHistogram.Merge(points.Select(point => point.Latency)).ToResponseTimes(),
            InFlightMax = points.Max(point => point.InFlightMax),
            WaitingMax = points.Max(point => point.WaitingMax),
        };
    }
}
