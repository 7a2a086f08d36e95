namespace WunderProxy.ManagerApi;

/// <summary>
/// Recognises header fields by which proxies, load balancers and content networks describe the client for which they
/// forward. "_" is equal to "-", as in the CGI-style programs behind which such names arise.
/// </summary>
internal static class ForwardingEvidence
{
    private const int LongestKnownName = 64;

    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "Via", "CDN-Loop", "Front-End-Https", "Remote-Addr", "X-Remote-Addr", "X-Host", "X-Scheme", "X-URL-Scheme",
        "X-Rewrite-URL", "X-Cloud-Trace-Context", "X-Azure-SocketIP", "X-Coming-From", "X-Gateway-Host",
        "WL-Proxy-SSL", "X-Proxy", "X-ProxyUser-IP", "Remote-Host", "X-Forwarder-For", "X-ARR-LOG-ID", "X-ARR-SSL",
        "Client-Cert", "Client-Cert-Chain", "Early-Data", "Surrogate-Capability", "Remote-User", "Proxy-Connection",
        "X-Sent-From", "X-Imforwards", "X-Gateway", "X-Client",
    };

    private static readonly string[] Beginnings =
    [
        "X-Original-", "X-Envoy-", "X-Real-", "X-Forward-", "X-Proxy-", "X-Amzn-", "X-Amz-Cf-", "X-Azure-", "X-Akamai-",
        "X-AppEngine-", "X-Vercel-", "X-NF-", "X-Sucuri-", "X-HAProxy-", "X-Varnish", "X-Squid-", "X-Cluster-",
        "X-SSL-", "X-Client-Cert", "SSL-Client-", "X-ARR-", "X-Remote-", "X-Auth-Request-", "X-Authenticated-", "X-WebAuth-",
        "X-Goog-", "X-MS-Client-", "X-Nginx-", "X-Traefik", "X-Caddy", "X-Iplb-", "X-Tencent-", "X-Zscaler-", "X-Sigsci-",
        "X-Railway-", "Tailscale-", "ngrok-", "Rndr-", "EO-", "CF-", "Fly-", "Fastly-", "Akamai-", "CloudFront-", "Ali-Cdn-", "Incap-",
    ];

    // The address of another client, under any vendor's name: Client-IP, True-Client-IP, DO-Connecting-IP, X-Via, …
    private static readonly string[] Endings =
    [
        "-IP", "-IPv6", "-IPAddress", "ClientIP", "UserIP", "RemoteIP", "-Addr", "-Address", "Client-Port", "-Via",
    ];

    /// <summary>Whether a header field of this name shows that the call was forwarded.</summary>
    public static bool IsIn(string name)
    {
        var plain = name.Replace('_', '-');
        return plain.Contains("Forwarded", StringComparison.OrdinalIgnoreCase)
            || Names.Contains(plain)
            || Array.Exists(Beginnings, part => plain.StartsWith(part, StringComparison.OrdinalIgnoreCase))
            || Array.Exists(Endings, part => plain.EndsWith(part, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Returns the name of a field for a message, shortened to the longest known name.</summary>
    public static string Shown(string name) => name.Length <= LongestKnownName ? name : name[..LongestKnownName] + "…";
}
