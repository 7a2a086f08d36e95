using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Exchanges.AccessLogs;
using WunderProxy.Forwarding.Exchanges.Answers;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>Counts the exchanges of one loop that ended, and writes their access-log lines.</summary>
internal sealed class ExchangeRecorder(TimeProvider clock, WallClock wallClock, TrafficStats unrouted, AccessLog? accessLog)
{
    /// <summary>Counts an exchange for its upstream, if it had one, and for its application, or as unrouted.</summary>
    public void Record(Exchange exchange)
    {
        var microseconds = MicrosecondsOf(exchange);
        Count(exchange.Upstream.Application?.Stats ?? unrouted, exchange, microseconds);
        if (exchange.Upstream.Used is { } part)
        {
            Count(part.Stats, exchange, microseconds);
        }

        if (accessLog is not null)
        {
            exchange.Phases.OnEnd();
            accessLog.Write(exchange, wallClock.UnixMilliseconds, microseconds);
        }
    }

    /// <summary>Writes the first access-log line of an exchange that has just become a tunnel.</summary>
    public void RecordOpen(Exchange exchange) =>
        accessLog?.WriteOpen(exchange, wallClock.UnixMilliseconds, MicrosecondsOf(exchange));

    /// <summary>
    /// Counts, for its upstream only, that an exchange failed with this status. A peer's answer afterwards does not
    /// count for the upstream, because a guard has to see how the upstream fares without such help.
    /// </summary>
    public void RecordFailure(Exchange exchange, int status)
    {
        if (exchange.Upstream.Used is not { } part)
        {
            return;
        }

        part.Stats.CountExchange(status, MicrosecondsOf(exchange));
        if (status is 502 or 504)
        {
            part.Stats.CountGatewayError();
        }
    }

    private static void Count(TrafficStats stats, Exchange exchange, long microseconds)
    {
        stats.CountExchange(exchange.Status, microseconds);
        stats.CountBytes(exchange.BytesIn, exchange.BytesOut);
        if (exchange.Status is 502 or 504 && exchange.Error != ForwardError.None)
        {
            stats.CountGatewayError();
        }

        if (exchange.Error != ForwardError.None && (exchange.IsCutOff || exchange.Status == ErrorResponses.ClientClosedRequest))
        {
            stats.CountAborted();
        }
    }

    private long MicrosecondsOf(Exchange exchange) =>
        clock.GetElapsedTime(exchange.StartTimestamp).Ticks / TimeSpan.TicksPerMicrosecond;
}
