namespace WunderProxy.Forwarding.Http1;

/// <summary>Decides which trailers may be forwarded (RFC 9110 section 6.5.1).</summary>
internal static class TrailerRules
{
    /// <summary>
    /// Whether the trailer must not be forwarded: its name concerns framing, routing, request modifiers,
    /// authentication, the identity of the client, response control or the reading of the content, all of which have to
    /// be known before the body, or it is valid for this connection only.
    /// </summary>
    /// <param name="field">The trailer line.</param>
    /// <param name="name">The name of the trailer.</param>
    /// <param name="head">
    /// The head of the same message, whose Connection may name trailers; null if there is none.
    /// </param>
    public static bool IsForbidden(in HeaderField field, ReadOnlySpan<byte> name, MessageHead? head) =>
        field.Flags != HeaderFlags.None
        || (field.Known == HeaderName.Unknown ? ClientEvidence.IsName(name) : IsForHead(field.Known))
        || (head is not null && ConnectionFields.Nominates(head, field.Known, name));

    private static bool IsForHead(HeaderName known) => known
        is HeaderName.Host or HeaderName.Trailer or HeaderName.Via or HeaderName.Traceparent or HeaderName.Tracestate
        or HeaderName.CacheControl or HeaderName.Expect or HeaderName.MaxForwards or HeaderName.Pragma or HeaderName.Range
        or HeaderName.Authorization or HeaderName.Cookie or HeaderName.SetCookie or HeaderName.WwwAuthenticate
        or HeaderName.Origin or HeaderName.Referer or HeaderName.SecFetchSite or HeaderName.StrictTransportSecurity
        or HeaderName.Accept or HeaderName.AcceptEncoding or HeaderName.XAccelBuffering
        or HeaderName.Age or HeaderName.Date or HeaderName.Expires or HeaderName.Location or HeaderName.RetryAfter
        or HeaderName.Vary
        or HeaderName.ContentEncoding or HeaderName.ContentRange or HeaderName.ContentType;
}
