using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Exchanges.AccessLogs;
using WunderProxy.Forwarding.Exchanges.Answers;
using WunderProxy.Forwarding.Exchanges.Tracing;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>
/// Counts the exchanges of one loop that ended, those that failed by how they failed, writes their access-log lines and
/// ends their spans.
/// </summary>
internal sealed class ExchangeRecorder(TimeProvider clock, WallClock wallClock, TrafficStats unrouted, AccessLog? accessLog)
{
    /// <summary>Counts an exchange for its upstream, if it had one, and for its application, or as unrouted.</summary>
    public void Record(Exchange exchange)
    {
        var ticks = TicksOf(exchange);
        var microseconds = ticks / TimeSpan.TicksPerMicrosecond;
        var upstream = exchange.Upstream;
        var application = upstream.Application?.Stats ?? unrouted;
        Count(application, exchange, microseconds);
        application.CountBodies(upstream.Body.TakenBytes, exchange.Down.PassedBytes);
        if (upstream.Used is { } part)
        {
            Count(part.Stats, exchange, microseconds);
        }

        CountDuration(upstream is { Peer: null, Used: { } own } ? own.Stats.Durations : application.Durations, exchange, ticks);
        CountOverhead(application, exchange, microseconds);
        if (FailureWords.HasFailed(exchange))
        {
            exchange.Upstream.Application?.Failures.Count(FailureWords.KindOf(exchange), wallClock.UnixMilliseconds);
        }

        if (accessLog is not null)
        {
            exchange.Phases.OnEnd();
            accessLog.Write(exchange, wallClock.UnixMilliseconds, microseconds);
        }

        ExchangeTracer.End(exchange);
    }

    /// <summary>Writes the first access-log line of an exchange that has just become a tunnel.</summary>
    public void RecordOpen(Exchange exchange) =>
        accessLog?.WriteOpen(exchange, wallClock.UnixMilliseconds, TicksOf(exchange) / TimeSpan.TicksPerMicrosecond);

    /// <summary>
    /// Counts that an exchange which failed goes to a peer, and, for its upstream only, that it failed with this status. A
    /// peer's answer afterwards does not count for the upstream, because a guard has to see how the upstream fares without
    /// such help.
    /// </summary>
    public void RecordFailure(Exchange exchange, int status)
    {
        exchange.Upstream.Application!.Stats.CountFallback();
        if (exchange.Upstream.Used is not { } part)
        {
            return;
        }

        part.Stats.CountFallback();
        part.Stats.CountExchange(status, TicksOf(exchange) / TimeSpan.TicksPerMicrosecond);
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

    private static void CountDuration(DurationTable durations, Exchange exchange, long ticks)
    {
        var client = exchange.Client;
        var key = client.IsHeadComplete
            ? new RequestKey(
                exchange.Status,
                (int)client.Request.KnownMethod,
                client.Tls is not null,
                1 + client.Request.MinorVersion,
                (int)exchange.Error)
            : new RequestKey(exchange.Status, 0, client.Tls is not null, 0, (int)exchange.Error);
        var set = durations.Find(key.Value)
            ?? durations.Add(key.Value, key.ToLabels(exchange.Error == ForwardError.None ? null : exchange.Error.ToString()));
        set.Ticks.Count(ticks);
    }

    /// <summary>Counts what the proxy added to an answered request; both times of the clock have been read anyway.</summary>
    private void CountOverhead(TrafficStats application, Exchange exchange, long microseconds)
    {
        if (exchange.Upstream.IsResponseReceived && exchange.Tunnel is null && exchange.Error == ForwardError.None)
        {
            var began = clock.GetElapsedTime(0, exchange.StartTimestamp).Ticks / TimeSpan.TicksPerMicrosecond;
            application.CountOverhead(exchange.Phases.OverheadOf(began, microseconds));
        }
    }

    private long TicksOf(Exchange exchange) => clock.GetElapsedTime(exchange.StartTimestamp).Ticks;
}
