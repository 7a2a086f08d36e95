namespace WunderProxy.ManagerApi;

/// <summary>
/// Knows the header fields by which proxies, load balancers and content networks tell of the client that they speak
/// for. "_" counts as "-", as it does for the CGI-style programs behind which such names arise.
/// </summary>
internal static class ForwardingEvidence
{
    private const int LongestKnownName = 64;

    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "Via", "CDN-Loop", "Front-End-Https", "Remote-Addr", "X-Remote-Addr", "X-Host", "X-Scheme", "X-URL-Scheme",
        "X-Rewrite-URL", "X-Cloud-Trace-Context", "X-Azure-SocketIP", "X-Coming-From", "X-Gateway-Host",
        "WL-Proxy-SSL", "X-Proxy", "X-ProxyUser-IP", "Remote-Host", "X-Forwarder-For", "X-ARR-LOG-ID", "X-ARR-SSL",
    };

    private static readonly string[] Beginnings =
    [
        "X-Original-", "X-Envoy-", "X-Real-", "X-Forward-", "X-Proxy-", "X-Amzn-", "X-Amz-Cf-", "X-Azure-", "X-Akamai-",
        "X-AppEngine-", "X-Vercel-", "X-NF-", "X-Sucuri-", "X-HAProxy-", "X-Varnish", "X-Squid-", "X-Cluster-",
        "X-SSL-", "CF-", "Fly-", "Fastly-", "Akamai-", "CloudFront-", "Ali-Cdn-", "Incap-",
    ];

    // The address of somebody else, under whatever vendor's name: Client-IP, True-Client-IP, DO-Connecting-IP, …
    private static readonly string[] Endings =
    [
        "Client-IP", "ClientIP", "Connecting-IP", "Connecting-IPv6", "Connection-IP", "Real-IP", "User-IP", "UserIP",
        "Remote-IP", "Source-IP", "Origin-IP", "Src-IP", "Peer-IP", "Client-Address", "Client-Addr", "Client-Port",
        "Originating-IP", "Visitor-IP",
    ];

    /// <summary>Whether a field of this name tells that a call was forwarded.</summary>
    public static bool IsIn(string name)
    {
        var plain = name.Replace('_', '-');
        return plain.Contains("Forwarded", StringComparison.OrdinalIgnoreCase)
            || Names.Contains(plain)
            || Array.Exists(Beginnings, part => plain.StartsWith(part, StringComparison.OrdinalIgnoreCase))
            || Array.Exists(Endings, part => plain.EndsWith(part, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The name of a field for a message: short, whatever the caller sent.</summary>
    public static string Shown(string name) => name.Length <= LongestKnownName ? name : name[..LongestKnownName] + "…";
}
