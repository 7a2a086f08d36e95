using System.Diagnostics;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>Names how an exchange failed. Only called for exchanges that did.</summary>
internal static class FailureWords
{
    private const int ServerError = 500;

    /// <summary>Whether an exchange counts as failed: it did not complete, or was answered with 500 to 599.</summary>
    public static bool HasFailed(Exchange exchange) => exchange.Error != ForwardError.None || exchange.Status >= ServerError;

    /// <summary>Names the failure of an exchange by cause, side, phase and status.</summary>
    public static FailureKind KindOf(Exchange exchange) => new(
        CauseOf(exchange.Error),
        SideOf(exchange.Error),
        PhaseOf(exchange),
        exchange.Status,
        exchange.Upstream.Used?.Upstream.Label ?? "");

    private static string CauseOf(ForwardError error) => error switch
    {
        ForwardError.None => "application_error",
        ForwardError.NoUpstream => "no_upstream",
        ForwardError.Paused => "paused",
        ForwardError.TooManyConnections => "too_many_connections",
        ForwardError.ConnectRefused => "connect_refused",
        ForwardError.ConnectTimeout => "connect_timeout",
        ForwardError.UpstreamClosed => "upstream_closed",
        ForwardError.BadResponse => "bad_response",
        ForwardError.ResponseHeadTooLarge => "response_head_too_large",
        ForwardError.UnaskedUpgrade => "unasked_upgrade",
        ForwardError.ResponseTimeout => "response_timeout",
        ForwardError.ResponseIncomplete => "response_incomplete",
        ForwardError.HeaderTimeout => "header_timeout",
        ForwardError.BadProxyHeader => "bad_proxy_header",
        ForwardError.RequestBodyTimeout => "request_body_timeout",
        ForwardError.ResponseStalled => "response_stalled",
        ForwardError.BadRequestBody => "bad_request_body",
        ForwardError.RequestTooLarge => "request_too_large",
        ForwardError.BuffersFull => "buffers_full",
        ForwardError.ClientGone => "client_gone",
        ForwardError.Rejected => "rejected",
        ForwardError.TraceWithBody => "trace_with_body",
        ForwardError.DrainDeadline => "drain_deadline",
        ForwardError.TunnelBroken => "tunnel_broken",
        ForwardError.InternalError => "internal_error",
        _ => throw new UnreachableException($"{error} has no name"),
    };

    private static string SideOf(ForwardError error) => error == ForwardError.None ? "application" : ForwardResult.Of(error).Side switch
    {
        Side.Downstream => "client",
        Side.Upstream => "application",
        _ => "proxy",
    };

    private static string PhaseOf(Exchange exchange) => exchange.Error switch
    {
        _ when exchange.IsCutOff => "response_body",
        ForwardError.NoUpstream or ForwardError.Paused or ForwardError.TooManyConnections => "waiting",
        ForwardError.ConnectRefused or ForwardError.ConnectTimeout => "connect",
        ForwardError.HeaderTimeout or ForwardError.BadProxyHeader or ForwardError.RequestBodyTimeout or ForwardError.BadRequestBody
            or ForwardError.RequestTooLarge or ForwardError.BuffersFull or ForwardError.Rejected or ForwardError.TraceWithBody => "request",
        _ => "response_head",
    };
}
