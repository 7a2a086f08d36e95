using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>
/// Logs exchanges, with names from this program and addresses, but never with bytes that a remote end sent. However
/// many exchanges fail in the same way, the first is logged at once and the others as one line per
/// <see cref="LogThrottle.Interval"/>; the access log has each of them.
/// </summary>
internal sealed partial class ExchangeLog(ILogger logger, TimeProvider clock) : IDisposable
{
    // Bounded in size: errors, reasons and exception types are names in the source.
    private readonly ConcurrentDictionary<(LogLevel Level, ForwardError Error, string? Reason), LogThrottle> _throttles = new();

    /// <summary>Logs a failed exchange: a lost one as a warning, a client that gave up for debugging only.</summary>
    public void Failed(Exchange exchange, ForwardResult result)
    {
        if (result.Side != Side.Downstream)
        {
            Lost(exchange, result);
        }
        else if (result.Error is ForwardError.BadRequestBody or ForwardError.RequestBodyTimeout
            or ForwardError.RequestTooLarge)
        {
            Refused(exchange);
        }
        else
        {
            ClientFailed(logger, result.Error, UpstreamOf(exchange));
        }
    }

    /// <summary>Logs a request that was refused.</summary>
    public void Refused(Exchange exchange)
    {
        var client = exchange.Client.Address;
        if (ThrottleOf(LogLevel.Information, exchange.Error, exchange.Reason).TryPass(client))
        {
            RequestRefused(logger, Describe(exchange.Error, exchange.Reason), ClientText(client));
        }
    }

    /// <summary>Logs a connection that was refused because of the connection limit.</summary>
    public void ConnectionRefused(IPAddress? client)
    {
        if (ThrottleOf(LogLevel.Warning, ForwardError.TooManyConnections, null).TryPass(client))
        {
            ConnectionRefused(logger, ForwardError.TooManyConnections, ClientText(client));
        }
    }

    /// <summary>Logs an exchange that a peer is asked to serve.</summary>
    public void FellBack(Exchange exchange, ForwardError error, Endpoint peer) =>
        FellBack(logger, Describe(error, exchange.Reason), UpstreamOf(exchange), peer.Address);

    /// <summary>Logs an internal error.</summary>
    public void ConnectionFailed(Exception exception)
    {
        if (ThrottleOf(LogLevel.Error, ForwardError.InternalError, exception.GetType().Name).TryPass(null))
        {
            ConnectionFailed(logger, exception);
        }
    }

    /// <summary>Writes the summaries of events left out so far.</summary>
    public void Dispose()
    {
        foreach (var throttle in _throttles.Values)
        {
            throttle.Dispose();
        }
    }

    private static string UpstreamOf(Exchange exchange) => exchange.Upstream.Used?.Upstream.Label ?? "none";

    private static string ClientText(object? client) => client?.ToString() ?? "a unix socket";

    private static string Describe(ForwardError error, string? reason) => (error, reason) switch
    {
        (_, null) => error.ToString(),
        (ForwardError.Rejected, _) => reason,
        _ => $"{error} ({reason})",
    };

    private void Lost(Exchange exchange, ForwardResult result)
    {
        var upstream = UpstreamOf(exchange);
        if (ThrottleOf(LogLevel.Warning, result.Error, exchange.Reason).TryPass(upstream))
        {
            ExchangeLost(logger, Describe(result.Error, exchange.Reason), result.Side, upstream);
        }
    }

    private LogThrottle ThrottleOf(LogLevel level, ForwardError error, string? reason) =>
        _throttles.GetOrAdd((level, error, reason), NewThrottle);

    private LogThrottle NewThrottle((LogLevel Level, ForwardError Error, string? Reason) kind) =>
        new(clock, (count, last) => WriteSummary(kind.Level, kind.Error, Describe(kind.Error, kind.Reason), count, last));

    private void WriteSummary(LogLevel level, ForwardError error, string what, long count, object? last)
    {
        var seconds = (int)LogThrottle.Interval.TotalSeconds;
        switch (level, error)
        {
            case (LogLevel.Information, _):
                MoreRequestsRefused(logger, what, count, seconds, ClientText(last));
                break;
            case (LogLevel.Error, _):
                MoreConnectionsFailed(logger, what, count, seconds);
                break;
            case (_, ForwardError.TooManyConnections):
                MoreConnectionsRefused(logger, what, count, seconds, ClientText(last));
                break;
            default:
                MoreExchangesLost(logger, what, count, seconds, last);
                break;
        }
    }

    [LoggerMessage(2001, LogLevel.Error, "a client connection failed because of an internal error")]
    private static partial void ConnectionFailed(ILogger logger, Exception exception);

    [LoggerMessage(2002, LogLevel.Debug, "exchange ended: {Error}, upstream {Upstream}")]
    private static partial void ClientFailed(ILogger logger, ForwardError error, string upstream);

    [LoggerMessage(2003, LogLevel.Warning, "exchange lost: {What}, by {Side}, upstream {Upstream}")]
    private static partial void ExchangeLost(ILogger logger, string what, Side side, string upstream);

    [LoggerMessage(2004, LogLevel.Information, "request refused: {What}, from {Client}")]
    private static partial void RequestRefused(ILogger logger, string what, string client);

    [LoggerMessage(2005, LogLevel.Warning, "connection refused: {Error}, from {Client}")]
    private static partial void ConnectionRefused(ILogger logger, ForwardError error, string client);

    [LoggerMessage(2006, LogLevel.Error, "client connections failed because of an internal error: {What}: {Count} more in {Seconds} s")]
    private static partial void MoreConnectionsFailed(ILogger logger, string what, long count, int seconds);

    [LoggerMessage(2007, LogLevel.Warning, "exchange lost: {What}: {Count} more in {Seconds} s, the last with upstream {Upstream}")]
    private static partial void MoreExchangesLost(ILogger logger, string what, long count, int seconds, object? upstream);

    [LoggerMessage(2008, LogLevel.Information, "request refused: {What}: {Count} more in {Seconds} s, the last from {Client}")]
    private static partial void MoreRequestsRefused(ILogger logger, string what, long count, int seconds, string client);

    [LoggerMessage(2009, LogLevel.Warning, "connection refused: {What}: {Count} more in {Seconds} s, the last from {Client}")]
    private static partial void MoreConnectionsRefused(ILogger logger, string what, long count, int seconds, string client);

    [LoggerMessage(2010, LogLevel.Debug, "exchange failed: {What}, upstream {Upstream}; it goes to {Peer}")]
    private static partial void FellBack(ILogger logger, string what, string upstream, EndPoint peer);
}
