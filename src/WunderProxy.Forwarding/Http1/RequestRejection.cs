namespace WunderProxy.Forwarding.Http1;

/// <summary>Why a request was refused. Each value names the intended status and the rule that was broken.</summary>
internal enum RequestRejection
{
    /// <summary>Nothing was refused.</summary>
    None,

    /// <summary>400: the request line is not method SP target SP version CRLF (RFC 9112 section 3).</summary>
    BadRequestLine,

    /// <summary>400: the method is empty or not a token (RFC 9110 section 9.1). A TLS greeting ends here too.</summary>
    BadMethod,

    /// <summary>400: the target has none of the forms of RFC 9112 section 3.2, or a byte that no URI has.</summary>
    BadTarget,

    /// <summary>400: the version is not "HTTP/" digit "." digit (RFC 9112 section 2.3).</summary>
    BadVersion,

    /// <summary>505: a well-formed version of another major number (RFC 9110 section 15.6.6).</summary>
    UnsupportedVersion,

    /// <summary>501: CONNECT; this is a gateway and opens no tunnels on request (RFC 9110 section 9.3.6).</summary>
    ConnectRefused,

    /// <summary>414: the request line passes its limit (RFC 9112 section 3).</summary>
    RequestLineTooLong,

    /// <summary>431: the header section passes its limit in bytes (RFC 6585 section 5).</summary>
    HeadersTooLarge,

    /// <summary>431: more header lines than the limit (RFC 6585 section 5).</summary>
    TooManyHeaders,

    /// <summary>400: CR without LF behind it (RFC 9112 section 2.2).</summary>
    BareCr,

    /// <summary>400: LF without CR before it (RFC 9112 section 2.2; refused, not repaired).</summary>
    BareLf,

    /// <summary>400: a header line that starts with white space (RFC 9112 sections 2.2 and 5.2).</summary>
    ObsFold,

    /// <summary>400: white space between header name and colon (RFC 9112 section 5.1).</summary>
    SpaceBeforeColon,

    /// <summary>400: a header name that is empty or no token, or a line without colon (RFC 9110 section 5.1).</summary>
    BadFieldName,

    /// <summary>400: NUL or another control in a header value (RFC 9110 section 5.5).</summary>
    BadFieldValue,

    /// <summary>400: HTTP/1.1 without Host (RFC 9112 section 3.2).</summary>
    MissingHost,

    /// <summary>400: more than one Host line (RFC 9112 section 3.2).</summary>
    SeveralHosts,

    /// <summary>400: Host, or the authority of an absolute target, is not host[:port] (RFC 9110 section 7.2).</summary>
    BadHost,

    /// <summary>400: Connection names more options than anyone needs; each costs a search (RFC 9110 section 7.6.1).</summary>
    TooManyConnectionOptions,

    /// <summary>400: both Content-Length and Transfer-Encoding (RFC 9112 section 6.3 rule 3).</summary>
    LengthAndTransferEncoding,

    /// <summary>400: Content-Length is not one plain number below 2^63 (RFC 9112 section 6.3 rule 5).</summary>
    BadContentLength,

    /// <summary>400: more than one Content-Length line, equal or not (RFC 9112 section 6.3 rule 5).</summary>
    SeveralContentLengths,

    /// <summary>501: a transfer coding beside chunked (RFC 9112 section 6.1).</summary>
    UnknownTransferCoding,

    /// <summary>400: Transfer-Encoding is not exactly one "chunked" (RFC 9112 section 6.3 rule 4).</summary>
    BadTransferEncoding,

    /// <summary>400: Transfer-Encoding in HTTP/1.0 (RFC 9112 section 6.1).</summary>
    TransferEncodingInHttp10,
}
