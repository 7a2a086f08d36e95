namespace WunderProxy.Forwarding.Http1;

/// <summary>
/// Why an upstream's response was refused; the client gets a 502 in each case (RFC 9110 section 15.6.3).
/// </summary>
internal enum ResponseRejection
{
    /// <summary>The response is valid.</summary>
    None,

    /// <summary>The version is not HTTP/1.x (RFC 9112 section 2.3).</summary>
    BadVersion,

    /// <summary>The status is not three digits from 100 to 999 (RFC 9112 section 4).</summary>
    BadStatus,

    /// <summary>The reason phrase contains a control character, or no space precedes it (RFC 9112 section 4).</summary>
    BadReason,

    /// <summary>Status line and header section together exceed the limit in bytes.</summary>
    HeadTooLarge,

    /// <summary>The response has more header lines than the limit.</summary>
    TooManyHeaders,

    /// <summary>A CR is not followed by LF (RFC 9112 section 2.2).</summary>
    BareCr,

    /// <summary>An LF does not follow a CR (RFC 9112 section 2.2; refused, not repaired).</summary>
    BareLf,

    /// <summary>A header line starts with white space (RFC 9112 section 5.2).</summary>
    ObsFold,

    /// <summary>White space stands between header name and colon (RFC 9112 section 5.1).</summary>
    SpaceBeforeColon,

    /// <summary>A header name is empty or not a token, or a line has no colon (RFC 9110 section 5.1).</summary>
    BadFieldName,

    /// <summary>A header value contains NUL or another control character (RFC 9110 section 5.5).</summary>
    BadFieldValue,

    /// <summary>Connection names more headers than the limit (RFC 9110 section 7.6.1).</summary>
    TooManyConnectionOptions,

    /// <summary>The response has both Content-Length and Transfer-Encoding (RFC 9112 section 6.3 rule 3).</summary>
    LengthAndTransferEncoding,

    /// <summary>Content-Length is not a single plain number below 2^63 (RFC 9112 section 6.3 rule 5).</summary>
    BadContentLength,

    /// <summary>The Content-Length lines differ (RFC 9112 section 6.3 rule 5).</summary>
    ConflictingContentLengths,

    /// <summary>Transfer-Encoding is not exactly one "chunked" (RFC 9112 section 6.3 rule 4).</summary>
    BadTransferEncoding,

    /// <summary>An HTTP/1.0 response has Transfer-Encoding (RFC 9112 section 6.1).</summary>
    TransferEncodingInHttp10,
}
