using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Exchanges.Answers;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>Counts an exchange that ended, and writes its line of the access log.</summary>
internal static class ExchangeRecorder
{
    private const long MillisecondsPerMinute = 60_000;

    /// <summary>Counts it, for its upstream, if it had one, and for the whole.</summary>
    public static void Record(Exchange exchange)
    {
        var context = exchange.Context;
        var elapsed = context.Settings.Clock.GetElapsedTime(exchange.StartTimestamp);
        var microseconds = elapsed.Ticks / TimeSpan.TicksPerMicrosecond;
        var minute = context.UnixMilliseconds / MillisecondsPerMinute;
        Count(context.Stats, exchange, microseconds, minute);
        if (exchange.UpstreamPart is { } part)
        {
            Count(part.Stats, exchange, microseconds, minute);
        }

        context.AccessLog?.Write(exchange, microseconds);
    }

    /// <summary>
    /// Counts, for its upstream alone, that it failed with this status. What a peer answers then is not the upstream's:
    /// a guard has to see how it fares, whoever helps out.
    /// </summary>
    public static void RecordFailure(Exchange exchange, int status)
    {
        if (exchange.UpstreamPart is not { } part)
        {
            return;
        }

        var context = exchange.Context;
        var elapsed = context.Settings.Clock.GetElapsedTime(exchange.StartTimestamp);
        part.Stats.CountExchange(
            status, elapsed.Ticks / TimeSpan.TicksPerMicrosecond, context.UnixMilliseconds / MillisecondsPerMinute);
        if (status is 502 or 504)
        {
            part.Stats.CountGatewayError();
        }
    }

    private static void Count(TrafficStats stats, Exchange exchange, long microseconds, long minute)
    {
        stats.CountExchange(exchange.Status, microseconds, minute);
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
}
