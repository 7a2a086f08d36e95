using WunderProxy.Forwarding.Exchanges.Clients;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Exchanges.Answers;

/// <summary>
/// Recognises requests that the proxy answers itself although nothing is wrong with them, or that no application may
/// get.
/// </summary>
internal static class LocalAnswers
{
    /// <summary>
    /// Whether the request is not forwarded: TRACE with a body (RFC 9110 section 9.3.8), or OPTIONS and TRACE with a
    /// Max-Forwards of 0 (RFC 9110 section 7.6.2). Behind its front end the manager API is the last recipient, and
    /// answers both itself.
    /// </summary>
    public static bool IsFor(ClientStream client, ForwarderSettings settings) =>
        client.Request.KnownMethod is KnownMethod.Options or KnownMethod.Trace
        && settings.StampSecret is null
        && (IsTraceWithBody(client) || client.Request.MaxForwards is 0);

    /// <summary>Whether the request is a TRACE with a body.</summary>
    public static bool IsTraceWithBody(ClientStream client) =>
        client.Request.KnownMethod == KnownMethod.Trace && client.RequestFraming.HasBody;
}
