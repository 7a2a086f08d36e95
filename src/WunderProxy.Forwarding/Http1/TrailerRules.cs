namespace WunderProxy.Forwarding.Http1;

/// <summary>Which trailers may pass (RFC 9110 section 6.5.1).</summary>
internal static class TrailerRules
{
    /// <summary>
    /// Whether the line is about framing, routing, request modifiers, authentication, response control or how to read
    /// the content, all of which have to be known before the body, or is for this connection only.
    /// </summary>
    public static bool IsForbidden(in HeaderField field) => field.Flags != HeaderFlags.None || field.Known
        is HeaderName.Host or HeaderName.Trailer
        or HeaderName.CacheControl or HeaderName.Expect or HeaderName.MaxForwards or HeaderName.Pragma or HeaderName.Range
        or HeaderName.Authorization or HeaderName.Cookie or HeaderName.SetCookie or HeaderName.WwwAuthenticate
        or HeaderName.Age or HeaderName.Date or HeaderName.Expires or HeaderName.Location or HeaderName.RetryAfter
        or HeaderName.Vary
        or HeaderName.ContentEncoding or HeaderName.ContentRange or HeaderName.ContentType;
}
