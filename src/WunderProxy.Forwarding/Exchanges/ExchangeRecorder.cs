using WunderProxy.Forwarding.Diagnostics;

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
        if (exchange.Share is { } share)
        {
            Count(share.Stats, exchange, microseconds, minute);
        }

        context.AccessLog?.Write(exchange, microseconds);
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
