using System.Diagnostics;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Exchanges.Answers;

/// <summary>
/// The only table that turns errors and rejections into statuses: no other code chooses a number such as 502 for a failure.
/// </summary>
internal static class ErrorResponses
{
    // Long enough for a container to start, and short enough for a client.
    private const int RetrySoonSeconds = 5;

    /// <summary>Status that is counted and logged if no answer could be given, as in nginx; never sent.</summary>
    public const int ClientClosedRequest = 499;

    /// <summary>Returns what the client is told about <paramref name="error"/>.</summary>
    /// <exception cref="UnreachableException">The error is one about which a client cannot be told.</exception>
    public static ErrorAnswer For(ForwardError error) => error switch
    {
        ForwardError.NoUpstream => new(503, "destination_unavailable", RetrySoonSeconds),
        ForwardError.Paused => new(503, "destination_unavailable", RetrySoonSeconds),
        ForwardError.TooManyConnections => new(503, "connection_limit_reached", RetrySoonSeconds),
        ForwardError.ConnectRefused => new(502, "connection_refused"),
        ForwardError.ConnectTimeout => new(504, "connection_timeout"),
        ForwardError.UpstreamClosed => new(502, "connection_terminated"),
        ForwardError.BadResponse => new(502, "http_protocol_error"),
        ForwardError.ResponseHeadTooLarge => new(502, "http_response_header_section_size"),
        ForwardError.UnaskedUpgrade => new(502, "http_upgrade_failed"),
        ForwardError.ResponseTimeout => new(504, "http_response_timeout"),
        ForwardError.ResponseIncomplete => new(502, "http_response_incomplete"),
        ForwardError.HeaderTimeout => new(408, "http_request_error"),
        ForwardError.BadProxyHeader => new(400, "http_request_error"),
        ForwardError.RequestBodyTimeout => new(408, "http_request_error"),
        ForwardError.BadRequestBody => new(400, "http_request_error"),
        ForwardError.RequestTooLarge => new(413, "http_request_error"),

        // Temporary, which a Retry-After tells (RFC 9110 section 15.5.14).
        ForwardError.BuffersFull => new(413, "http_request_error", RetrySoonSeconds),
        ForwardError.TraceWithBody => new(400, "http_request_error"),
        ForwardError.DrainDeadline => new(504, "http_response_timeout"),
        ForwardError.InternalError => new(500, "proxy_internal_error"),
        _ => throw new UnreachableException($"{error} is not answered"),
    };

    /// <summary>Returns what the client is told about a refused head.</summary>
    public static ErrorAnswer For(RequestRejection rejection) => rejection switch
    {
        RequestRejection.UnsupportedVersion => new(505, "http_request_error"),
        RequestRejection.ConnectRefused => new(501, "http_request_denied"),
        RequestRejection.UnknownTransferCoding => new(501, "http_request_error"),
        RequestRejection.RequestLineTooLong => new(414, "http_request_error"),
        RequestRejection.HeadersTooLarge or RequestRejection.TooManyHeaders => new(431, "http_request_error"),
        RequestRejection.None => throw new UnreachableException("nothing was refused"),
        _ => new(400, "http_request_error"),
    };
}
