using Microsoft.Extensions.Logging;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>What is logged about exchanges. Bytes of clients are never printed here.</summary>
internal static partial class ExchangeLog
{
    /// <summary>Logs an exchange that failed: a lost one is a warning, a peer's fault is for debugging.</summary>
    public static void Failed(Exchange exchange, ForwardResult result)
    {
        var logger = exchange.Context.Settings.Logger;
        var upstream = exchange.Share?.Upstream.Label ?? "none";
        if (result.Side == Side.Downstream)
        {
            ClientFailed(logger, result.Error, upstream);
        }
        else
        {
            ExchangeLost(logger, result.Error, result.Side, upstream);
        }
    }

    /// <summary>Logs a request that was refused.</summary>
    public static void Refused(Exchange exchange, RequestRejection rejection) =>
        RequestRefused(exchange.Context.Settings.Logger, exchange.Error, rejection, exchange.Client.PeerAddress);

    [LoggerMessage(2001, LogLevel.Error, "a client connection failed by a fault of ours")]
    public static partial void ConnectionFailed(ILogger logger, Exception exception);

    [LoggerMessage(2002, LogLevel.Debug, "exchange ended: {Error}, upstream {Upstream}")]
    private static partial void ClientFailed(ILogger logger, ForwardError error, string upstream);

    [LoggerMessage(2003, LogLevel.Warning, "exchange lost: {Error}, by {Side}, upstream {Upstream}")]
    private static partial void ExchangeLost(ILogger logger, ForwardError error, Side side, string upstream);

    [LoggerMessage(2004, LogLevel.Debug, "request refused: {Error} {Rejection}, from {Peer}")]
    private static partial void RequestRefused(
        ILogger logger, ForwardError error, RequestRejection rejection, System.Net.IPAddress? peer);
}
