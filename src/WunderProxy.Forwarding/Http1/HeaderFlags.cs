namespace WunderProxy.Forwarding.Http1;

/// <summary>How a forwarder has to treat a header; decided once, while the head is parsed.</summary>
[Flags]
internal enum HeaderFlags : byte
{
    /// <summary>An end-to-end header, which is forwarded unchanged.</summary>
    None = 0,

    /// <summary>A header whose name makes it valid for this connection only (RFC 9110 section 7.6.1).</summary>
    HopByHop = 1,

    /// <summary>Forwarded, X-Forwarded-* or X-Real-IP: kept when a trusted proxy sent them, removed otherwise.</summary>
    Forwarding = 2,

    /// <summary>Wunderproxy-*: exchanged between WunderProxy instances, never passed to an application.</summary>
    Internal = 4,

    /// <summary>Content-Length or Transfer-Encoding: written anew from the decided framing, never copied.</summary>
    Framing = 8,

    /// <summary>
    /// A name with an underscore that CGI-style applications cannot tell from a forwarding, framing or routing header
    /// ("X_Forwarded_For" and "X-Forwarded-For" both become HTTP_X_FORWARDED_FOR), so that it would bypass every check.
    /// "Proxy" is such a name too: as HTTP_PROXY it would choose the proxy for the application's own requests
    /// (CVE-2016-5385).
    /// </summary>
    Confusable = 16,

    /// <summary>
    /// A header that Connection names and may remove: valid for this connection only (RFC 9110 section 7.6.1).
    /// </summary>
    Nominated = 32,

    /// <summary>A line of a response that the proxy leaves out, often because it appends another one in its place.</summary>
    LeftOut = 64,

    /// <summary>Header lines with any of these flags are left out when a head is forwarded.</summary>
    NeverForwarded = HopByHop | Internal | Framing | Confusable | Nominated,

    /// <summary>
    /// Header lines with any of these flags are left out of requests to the manager API. Its access rules see all other
    /// lines as the caller sent them, in every spelling: a caller must not be able to hide a proxy or a web page by
    /// naming headers in Connection.
    /// </summary>
    NeverForApi = HopByHop | Internal | Framing,
}
