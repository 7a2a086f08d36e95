namespace WunderProxy.Forwarding.Http1;

/// <summary>Header names about which the proxy has a rule; <see cref="HeaderNames"/> has their spelling.</summary>
internal enum HeaderName : byte
{
    /// <summary>A name about which the proxy has no rule.</summary>
    Unknown,

#pragma warning disable CS1591, SA1602 // The values are the headers of the same names.
    Accept,
    AcceptEncoding,
    Age,
    Authorization,
    CacheControl,
    Connection,
    ContentEncoding,
    ContentLength,
    ContentRange,
    ContentType,
    Cookie,
    Date,
    ETag,
    Expect,
    Expires,
    Forwarded,
    Host,
    Http2Settings,
    IfNoneMatch,
    KeepAlive,
    LastModified,
    Location,
    MaxForwards,
    Origin,
    Pragma,
    ProxyAuthenticate,
    ProxyAuthenticationInfo,
    ProxyAuthorization,
    ProxyConnection,
    ProxyStatus,
    Range,
    Referer,
    RetryAfter,
    SecFetchSite,
    Server,
    SetCookie,
    StrictTransportSecurity,
    TE,
    Traceparent,
    Tracestate,
    Trailer,
    TransferEncoding,
    Upgrade,
    UserAgent,
    Vary,
    Via,
    WwwAuthenticate,
    WunderproxyFallback,
    XAccelBuffering,
    XForwardedFor,
    XForwardedHost,
    XForwardedProto,
    XRealIp,
    XRequestId,
#pragma warning restore CS1591, SA1602

    /// <summary>Any X-Forwarded-* header other than For, Host and Proto.</summary>
    XForwardedOther,

    /// <summary>Any Wunderproxy-* header other than Fallback.</summary>
    WunderproxyOther,
}
