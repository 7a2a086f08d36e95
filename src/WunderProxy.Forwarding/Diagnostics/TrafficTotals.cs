namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>Counters of exchanges, without the histogram of their durations: since start, or within some time.</summary>
public readonly record struct TrafficTotals
{
    /// <summary>Number of exchanges that ended, refused requests included.</summary>
    public long Requests { get; init; }

    /// <summary>Responses with a status from 100 to 199: upgrades to another protocol.</summary>
    public long Status1xx { get; init; }

    /// <summary>Responses with a status from 200 to 299.</summary>
    public long Status2xx { get; init; }

    /// <summary>Responses with a status from 300 to 399.</summary>
    public long Status3xx { get; init; }

    /// <summary>Responses with a status from 400 to 499, the exchanges whose client left among them.</summary>
    public long Status4xx { get; init; }

    /// <summary>Responses with a status from 500 to 599.</summary>
    public long Status5xx { get; init; }

    /// <summary>Exchanges whose client left before it got a response.</summary>
    public long ClientClosed { get; init; }

    /// <summary>Responses with status 502 or 504 that the proxy made itself.</summary>
    public long GatewayErrors { get; init; }

    /// <summary>Exchanges whose response was cut off.</summary>
    public long Aborted { get; init; }

    /// <summary>Bytes received from clients: heads, bodies and tunnels.</summary>
    public long BytesIn { get; init; }

    /// <summary>Bytes sent to clients: heads, bodies and tunnels.</summary>
    public long BytesOut { get; init; }

    /// <summary>Connects to the upstream that failed.</summary>
    public long ConnectsFailed { get; init; }

    /// <summary>Requests that were sent once more, on another connection.</summary>
    public long Retries { get; init; }

    /// <summary>Requests that were sent to a peer.</summary>
    public long Fallbacks { get; init; }

    /// <summary>Adds the counters of two loops, or of two times.</summary>
    public static TrafficTotals operator +(TrafficTotals left, TrafficTotals right) => Combine(left, right, 1);

    /// <summary>Returns what was counted after an earlier state of the same counters.</summary>
    public static TrafficTotals operator -(TrafficTotals left, TrafficTotals right) => Combine(left, right, -1);

    /// <summary>Adds the counters of several loops, or of several times.</summary>
    public static TrafficTotals Sum(IEnumerable<TrafficTotals> parts) =>
        parts.Aggregate(default(TrafficTotals), static (sum, part) => sum + part);

    private static TrafficTotals Combine(in TrafficTotals left, in TrafficTotals right, int sign) => new()
    {
        Requests = left.Requests + (sign * right.Requests),
        Status1xx = left.Status1xx + (sign * right.Status1xx),
        Status2xx = left.Status2xx + (sign * right.Status2xx),
        Status3xx = left.Status3xx + (sign * right.Status3xx),
        Status4xx = left.Status4xx + (sign * right.Status4xx),
        Status5xx = left.Status5xx + (sign * right.Status5xx),
        ClientClosed = left.ClientClosed + (sign * right.ClientClosed),
        GatewayErrors = left.GatewayErrors + (sign * right.GatewayErrors),
        Aborted = left.Aborted + (sign * right.Aborted),
        BytesIn = left.BytesIn + (sign * right.BytesIn),
        BytesOut = left.BytesOut + (sign * right.BytesOut),
        ConnectsFailed = left.ConnectsFailed + (sign * right.ConnectsFailed),
        Retries = left.Retries + (sign * right.Retries),
        Fallbacks = left.Fallbacks + (sign * right.Fallbacks),
    };
}
