namespace WunderProxy.Forwarding.Http1;

/// <summary>Finds methods by their bytes and knows their properties (RFC 9110 section 9).</summary>
internal static class KnownMethods
{
    /// <summary>
    /// Returns the method with exactly these bytes; methods are case-sensitive (RFC 9110 section 9.1).
    /// </summary>
    public static KnownMethod Find(ReadOnlySpan<byte> method) => method.Length switch
    {
        3 when method.SequenceEqual("GET"u8) => KnownMethod.Get,
        3 when method.SequenceEqual("PUT"u8) => KnownMethod.Put,
        4 when method.SequenceEqual("POST"u8) => KnownMethod.Post,
        4 when method.SequenceEqual("HEAD"u8) => KnownMethod.Head,
        5 when method.SequenceEqual("PATCH"u8) => KnownMethod.Patch,
        5 when method.SequenceEqual("TRACE"u8) => KnownMethod.Trace,
        6 when method.SequenceEqual("DELETE"u8) => KnownMethod.Delete,
        7 when method.SequenceEqual("OPTIONS"u8) => KnownMethod.Options,
        7 when method.SequenceEqual("CONNECT"u8) => KnownMethod.Connect,
        _ => KnownMethod.Other,
    };

    /// <summary>
    /// Whether sending the request twice has the same effect as once (RFC 9110 section 9.2.2); false for unknown
    /// methods.
    /// </summary>
    public static bool IsIdempotent(this KnownMethod method) => method
        is KnownMethod.Get or KnownMethod.Head or KnownMethod.Options or KnownMethod.Trace
        or KnownMethod.Put or KnownMethod.Delete;
}
