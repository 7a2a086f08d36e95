using System.Text;

namespace WunderProxy.Forwarding.Http1;

/// <summary>
/// The names, beside those in <see cref="HeaderName"/>, of headers by which load balancers, CDNs and authenticating
/// proxies tell an application who its client is. They are forwarded like any extension header, but a client cannot
/// have them removed by naming them in Connection, and they are forbidden as trailers.
/// </summary>
internal static class ClientEvidence
{
    private const int MaxLength = 64;

    private static readonly byte[][] Prefixes =
    [
        .. new[]
        {
            "Akamai-", "Ali-Cdn-", "CF-", "Client-", "CloudFront-", "Fastly-", "Fly-", "Incap-", "Remote-", "Sec-",
            "SSL-Client-", "True-Client-", "X-Akamai-", "X-Amz-Cf-", "X-Amzn-", "X-AppEngine-", "X-ARR-", "X-Auth-",
            "X-Azure-", "X-Client-", "X-Cloud-Trace-", "X-Cluster-", "X-Envoy-", "X-Forward", "X-HAProxy-", "X-Host",
            "X-HTTP-", "X-NF-", "X-Original-", "X-Originating-", "X-Proxy", "X-Real-", "X-Remote-", "X-Rewrite-",
            "X-SSL-", "X-Sucuri-", "X-URL-", "X-Vercel-",
        }.Select(Encoding.ASCII.GetBytes),
    ];

    private static readonly byte[][] Names =
    [
        .. new[]
        {
            "baggage", "CDN-Loop", "Front-End-Https", "WL-Proxy-SSL", "X-B3-TraceId", "X-Scheme",
        }.Select(Encoding.ASCII.GetBytes),
    ];

    /// <summary>
    /// Whether this name, unknown to <see cref="HeaderName"/>, is such a header; upper and lower case are equal.
    /// </summary>
    public static bool IsName(ReadOnlySpan<byte> name)
    {
        if (name.Length > MaxLength)
        {
            return false;
        }

        foreach (var prefix in Prefixes)
        {
            if (name.Length >= prefix.Length && Ascii.EqualsIgnoreCase(name[..prefix.Length], prefix))
            {
                return true;
            }
        }

        foreach (var exact in Names)
        {
            if (Ascii.EqualsIgnoreCase(name, exact))
            {
                return true;
            }
        }

        return EndsWithAddress(name);
    }

    // Vendors have many names of this kind: "DO-Connecting-IP", "WL-Proxy-Client-IP", "X-Azure-SocketIP".
    private static bool EndsWithAddress(ReadOnlySpan<byte> name) =>
        EndsWith(name, "-IP"u8) || EndsWith(name, "-IPv6"u8) || EndsWith(name, "-Addr"u8) || EndsWith(name, "-Address"u8)
        || EndsWith(name, "ClientIP"u8) || EndsWith(name, "UserIP"u8) || EndsWith(name, "Client-Port"u8);

    private static bool EndsWith(ReadOnlySpan<byte> name, ReadOnlySpan<byte> suffix) =>
        name.Length > suffix.Length && Ascii.EqualsIgnoreCase(name[^suffix.Length..], suffix);
}
