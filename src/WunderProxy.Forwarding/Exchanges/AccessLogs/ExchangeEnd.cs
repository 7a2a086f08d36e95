using System.Diagnostics;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Exchanges.AccessLogs;

/// <summary>Says in one word who ended an exchange, and in which phase.</summary>
internal static class ExchangeEnd
{
    /// <summary>Returns the word for an exchange that ended.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="isShuttingDown">Whether the instance is shutting down, which ends exchanges as a drain does.</param>
    public static ReadOnlySpan<byte> WordOf(Exchange exchange, bool isShuttingDown) => exchange.Error switch
    {
        ForwardError.None => exchange.Tunnel is { IsDrained: true } ? Drained(isShuttingDown) : "ok"u8,
        ForwardError.DrainDeadline => Drained(isShuttingDown),
        ForwardError.ClientGone => exchange.Client.IsAnswering ? "client_abort_response"u8 : "client_abort_request"u8,
        ForwardError.TunnelBroken => exchange.Client.CloseReason == CloseReason.RemoteReset
            ? "client_abort_response"u8
            : "upstream_reset"u8,
        ForwardError.ConnectRefused or ForwardError.UpstreamClosed or ForwardError.BadResponse
            or ForwardError.UnaskedUpgrade or ForwardError.ResponseIncomplete => "upstream_reset"u8,
        ForwardError.ConnectTimeout or ForwardError.ResponseTimeout => "upstream_timeout"u8,
        ForwardError.Paused or ForwardError.TooManyConnections or ForwardError.ResponseHeadTooLarge
            or ForwardError.HeaderTimeout or ForwardError.RequestBodyTimeout or ForwardError.ResponseStalled
            or ForwardError.RequestTooLarge or ForwardError.BuffersFull => "limit"u8,
        ForwardError.Rejected => IsLimit(exchange.Reason) ? "limit"u8 : "proxy"u8,
        ForwardError.NoUpstream or ForwardError.BadProxyHeader or ForwardError.BadRequestBody
            or ForwardError.TraceWithBody or ForwardError.InternalError => "proxy"u8,
        _ => throw new UnreachableException($"{exchange.Error} has no word"),
    };

    private static ReadOnlySpan<byte> Drained(bool isShuttingDown) => isShuttingDown ? "shutdown"u8 : "drained"u8;

    private static bool IsLimit(string? reason) => reason
        is nameof(RequestRejection.RequestLineTooLong)
        or nameof(RequestRejection.HeadersTooLarge)
        or nameof(RequestRejection.TooManyHeaders);
}
