namespace WunderProxy.Forwarding.Http1;

/// <summary>Why an upstream's response was refused; to the client each is a 502 (RFC 9110 section 15.6.3).</summary>
internal enum ResponseRejection
{
    /// <summary>Nothing was refused.</summary>
    None,

    /// <summary>The version is not HTTP/1.x (RFC 9112 section 2.3).</summary>
    BadVersion,

    /// <summary>The status is not three digits from 100 to 999 (RFC 9112 section 4).</summary>
    BadStatus,

    /// <summary>A control in the reason phrase, or no space before it (RFC 9112 section 4).</summary>
    BadReason,

    /// <summary>Status line and header section together pass the limit in bytes.</summary>
    HeadTooLarge,

    /// <summary>More header lines than the limit.</summary>
    TooManyHeaders,

    /// <summary>CR without LF behind it (RFC 9112 section 2.2).</summary>
    BareCr,

    /// <summary>LF without CR before it (RFC 9112 section 2.2; refused, not repaired).</summary>
    BareLf,

    /// <summary>A header line that starts with white space (RFC 9112 section 5.2).</summary>
    ObsFold,

    /// <summary>White space between header name and colon (RFC 9112 section 5.1).</summary>
    SpaceBeforeColon,

    /// <summary>A header name that is empty or no token, or a line without colon (RFC 9110 section 5.1).</summary>
    BadFieldName,

    /// <summary>NUL or another control in a header value (RFC 9110 section 5.5).</summary>
    BadFieldValue,

    /// <summary>Connection names more options than anyone needs (RFC 9110 section 7.6.1).</summary>
    TooManyConnectionOptions,

    /// <summary>Both Content-Length and Transfer-Encoding (RFC 9112 section 6.3 rule 3).</summary>
    LengthAndTransferEncoding,

    /// <summary>Content-Length is not one plain number below 2^63 (RFC 9112 section 6.3 rule 5).</summary>
    BadContentLength,

    /// <summary>Content-Length lines that differ (RFC 9112 section 6.3 rule 5).</summary>
    ConflictingContentLengths,

    /// <summary>Transfer-Encoding is not exactly one "chunked" (RFC 9112 section 6.3 rule 4).</summary>
    BadTransferEncoding,

    /// <summary>Transfer-Encoding in an HTTP/1.0 response (RFC 9112 section 6.1).</summary>
    TransferEncodingInHttp10,
}
