namespace WunderProxy.Forwarding.Http1;

/// <summary>A content coding that the proxy can apply (RFC 9110 section 8.4.1).</summary>
internal enum ContentCoding : byte
{
    /// <summary>The content as it is.</summary>
    Identity,

    /// <summary>The gzip coding (RFC 1952), which some clients call x-gzip.</summary>
    Gzip,

    /// <summary>The br coding (RFC 7932).</summary>
    Brotli,
}
