using System.Text;

namespace WunderProxy.Forwarding.Http1;

/// <summary>
/// Names, beside those in <see cref="HeaderName"/>, of headers by which load balancers, CDNs and authenticating proxies
/// tell whom they speak for. They pass like any extension header, but nobody can have them removed by naming them in
/// Connection, and they do not count in trailers.
/// </summary>
internal static class ClientEvidence
{
    private const int MaxLength = 64;

    private static readonly byte[][] Prefixes =
    [
        .. new[]
        {
            "CF-", "Client-", "CloudFront-", "Fastly-", "Fly-", "Remote-", "Sec-", "SSL-Client-", "True-Client-",
            "X-Amz-Cf-", "X-Amzn-", "X-Appengine-", "X-ARR-", "X-Auth-", "X-Azure-", "X-Client-", "X-Cluster-",
            "X-Envoy-", "X-Forward", "X-Host", "X-HTTP-", "X-Original-", "X-Originating-", "X-ProxyUser-", "X-Real-",
            "X-Remote-", "X-Rewrite-", "X-SSL-", "X-URL-",
        }.Select(Encoding.ASCII.GetBytes),
    ];

    private static readonly byte[][] Names =
    [
        .. new[]
        {
            "baggage", "DO-Connecting-IP", "Front-End-Https", "traceparent", "tracestate", "X-B3-TraceId", "X-Scheme",
        }.Select(Encoding.ASCII.GetBytes),
    ];

    /// <summary>Whether this unknown name is one of them, in any case.</summary>
    public static bool IsName(ReadOnlySpan<byte> name)
    {
        if (name.Length > MaxLength)
        {
            return false;
        }

        foreach (byte[] prefix in Prefixes)
        {
            if (name.Length >= prefix.Length && Ascii.EqualsIgnoreCase(name[..prefix.Length], prefix))
            {
                return true;
            }
        }

        foreach (byte[] exact in Names)
        {
            if (Ascii.EqualsIgnoreCase(name, exact))
            {
                return true;
            }
        }

        return EndsWithAddress(name);
    }

    // "X-Client-IP", "X-Nginx-Client-Addr", "WL-Proxy-Client-IP" and many more of vendors' own.
    private static bool EndsWithAddress(ReadOnlySpan<byte> name) => EndsWith(name, "-IP"u8) || EndsWith(name, "-Addr"u8);

    private static bool EndsWith(ReadOnlySpan<byte> name, ReadOnlySpan<byte> suffix) =>
        name.Length > suffix.Length && Ascii.EqualsIgnoreCase(name[^suffix.Length..], suffix);
}
