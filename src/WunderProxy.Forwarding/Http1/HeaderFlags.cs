namespace WunderProxy.Forwarding.Http1;

/// <summary>What a header is to a forwarder, decided once while the head is parsed.</summary>
[Flags]
internal enum HeaderFlags : byte
{
    /// <summary>An end-to-end header.</summary>
    None = 0,

    /// <summary>For this connection only, by its name (RFC 9110 section 7.6.1).</summary>
    HopByHop = 1,

    /// <summary>Forwarded, X-Forwarded-* or X-Real-IP: kept when a trusted proxy sent them, removed otherwise.</summary>
    Forwarding = 2,

    /// <summary>Wunderproxy-*: between our own instances, never for an application.</summary>
    Internal = 4,

    /// <summary>Content-Length or Transfer-Encoding: written anew from the decided framing, never copied.</summary>
    Framing = 8,

    /// <summary>
    /// A name with an underscore that CGI-style applications read as a forwarding, framing or routing header
    /// ("X_Forwarded_For" and "X-Forwarded-For" are both HTTP_X_FORWARDED_FOR there): it goes around every check.
    /// "Proxy" is one too: as HTTP_PROXY it would choose the proxy of the application's own requests (CVE-2016-5385).
    /// </summary>
    Confusable = 16,

    /// <summary>A header that Connection names, and may: for this connection only (RFC 9110 section 7.6.1).</summary>
    Nominated = 32,

    /// <summary>Lines with any of these are left out when a head is forwarded.</summary>
    NeverForwarded = HopByHop | Internal | Framing | Confusable | Nominated,

    /// <summary>
    /// Lines with any of these are left out on the way to the manager API. Its access rules see the rest as the caller
    /// sent it, in every spelling: evidence of a proxy or a web page must not be removable by naming it in Connection.
    /// </summary>
    NeverForApi = HopByHop | Internal | Framing,
}
