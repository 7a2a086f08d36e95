namespace WunderProxy.Forwarding.Http1;

/// <summary>A content coding that the proxy can apply (RFC 9110 section 8.4.1).</summary>
internal enum ContentCoding : byte
{
    /// <summary>No coding: the client gets the content as the application sent it.</summary>
    Identity,

    /// <summary>The gzip coding (RFC 1952), which some clients call x-gzip.</summary>
    Gzip,

    /// <summary>The Brotli coding, which header fields name br (RFC 7932).</summary>
    Brotli,
}
