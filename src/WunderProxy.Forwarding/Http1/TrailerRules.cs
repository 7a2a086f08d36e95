namespace WunderProxy.Forwarding.Http1;

/// <summary>Which trailers may pass (RFC 9110 section 6.5.1).</summary>
internal static class TrailerRules
{
    /// <summary>
    /// Whether the line is about framing, routing, request modifiers, authentication, who asked, response control or how
    /// to read the content, all of which have to be known before the body, or is for this connection only.
    /// </summary>
    /// <param name="field">The line.</param>
    /// <param name="name">Its name.</param>
    /// <param name="head">The head of its message, whose Connection may name trailers too; null if there is none.</param>
    public static bool IsForbidden(in HeaderField field, ReadOnlySpan<byte> name, MessageHead? head) =>
        field.Flags != HeaderFlags.None
        || (field.Known == HeaderName.Unknown ? ClientEvidence.IsName(name) : IsForHead(field.Known))
        || (head is not null && ConnectionFields.Nominates(head, field.Known, name));

    private static bool IsForHead(HeaderName known) => known
        is HeaderName.Host or HeaderName.Trailer or HeaderName.Via
        or HeaderName.CacheControl or HeaderName.Expect or HeaderName.MaxForwards or HeaderName.Pragma or HeaderName.Range
        or HeaderName.Authorization or HeaderName.Cookie or HeaderName.SetCookie or HeaderName.WwwAuthenticate
        or HeaderName.Origin or HeaderName.Referer or HeaderName.SecFetchSite or HeaderName.StrictTransportSecurity
        or HeaderName.Accept or HeaderName.AcceptEncoding or HeaderName.XAccelBuffering
        or HeaderName.Age or HeaderName.Date or HeaderName.Expires or HeaderName.Location or HeaderName.RetryAfter
        or HeaderName.Vary
        or HeaderName.ContentEncoding or HeaderName.ContentRange or HeaderName.ContentType;
}
