using System.Net;
using WunderProxy.Forwarding.Listeners;

namespace WunderProxy.ManagerApi;

/// <summary>
/// Judges whether a certificate authority can ask for the answer to its challenge, which it does on port 80 of the name
/// and nowhere else (RFC 8555 section 8.3).
/// </summary>
internal static class ChallengePort
{
    private const int Port = 80;

    private const string Warning =
        "certificates are ordered (--acme-domain), but the proxy does not listen on port 80, where the certificate authority "
        + "asks: add --tls-redirect 0.0.0.0:80 or --proxy 0.0.0.0:80, or have a load balancer or a port mapping lead port 80 "
        + "of each name to a plain listener of the proxy";

    /// <summary>Returns what to do if no listener answers on the port; null if one does.</summary>
    /// <param name="listeners">All listeners of the process.</param>
    public static string? WarningOf(IEnumerable<Listener> listeners) =>
        listeners.Any(listener => Answers(listener.Kind, listener.EndPoint)) ? null : Warning;

    /// <summary>Whether a listener answers where authorities ask.</summary>
    internal static bool Answers(ListenerKind kind, EndPoint endPoint) =>
        kind is ListenerKind.Proxy or ListenerKind.Redirect && endPoint is IPEndPoint { Port: Port };
}
