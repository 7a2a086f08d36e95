namespace WunderProxy.Forwarding.Http1;

/// <summary>
/// Why a request was refused. Each value names the status of the answer and the rule that was broken.
/// </summary>
internal enum RequestRejection
{
    /// <summary>The request is valid.</summary>
    None,

    /// <summary>400: the request line is not method SP target SP version CRLF (RFC 9112 section 3).</summary>
    BadRequestLine,

    /// <summary>
    /// 400: the method is empty or not a token (RFC 9110 section 9.1). A TLS ClientHello ends here too.
    /// </summary>
    BadMethod,

    /// <summary>
    /// 400: the target has none of the forms of RFC 9112 section 3.2, or contains a byte that no URI has.
    /// </summary>
    BadTarget,

    /// <summary>400: the version is not "HTTP/" digit "." digit (RFC 9112 section 2.3).</summary>
    BadVersion,

    /// <summary>505: the version is well-formed but its major number is not 1 (RFC 9110 section 15.6.6).</summary>
    UnsupportedVersion,

    /// <summary>
    /// 501: the method is CONNECT, and a gateway opens no tunnels on request (RFC 9110 section 9.3.6).
    /// </summary>
    ConnectRefused,

    /// <summary>414: the request line exceeds its limit (RFC 9112 section 3).</summary>
    RequestLineTooLong,

    /// <summary>431: the header section exceeds its limit in bytes (RFC 6585 section 5).</summary>
    HeadersTooLarge,

    /// <summary>431: the request has more header lines than the limit (RFC 6585 section 5).</summary>
    TooManyHeaders,

    /// <summary>400: a CR is not followed by LF (RFC 9112 section 2.2).</summary>
    BareCr,

    /// <summary>400: an LF does not follow a CR (RFC 9112 section 2.2; refused, not repaired).</summary>
    BareLf,

    /// <summary>400: a header line starts with white space (RFC 9112 sections 2.2 and 5.2).</summary>
    ObsFold,

    /// <summary>400: white space stands between header name and colon (RFC 9112 section 5.1).</summary>
    SpaceBeforeColon,

    /// <summary>400: a header name is empty or not a token, or a line has no colon (RFC 9110 section 5.1).</summary>
    BadFieldName,

    /// <summary>400: a header value contains NUL or another control character (RFC 9110 section 5.5).</summary>
    BadFieldValue,

    /// <summary>400: an HTTP/1.1 request has no Host (RFC 9112 section 3.2).</summary>
    MissingHost,

    /// <summary>400: the request has more than one Host line (RFC 9112 section 3.2).</summary>
    SeveralHosts,

    /// <summary>400: Host, or the authority of an absolute target, is not host[:port] (RFC 9110 section 7.2).</summary>
    BadHost,

    /// <summary>
    /// 400: Connection names more headers than the limit; each costs a search (RFC 9110 section 7.6.1).
    /// </summary>
    TooManyConnectionOptions,

    /// <summary>400: the request has both Content-Length and Transfer-Encoding (RFC 9112 section 6.3 rule 3).</summary>
    LengthAndTransferEncoding,

    /// <summary>400: Content-Length is not a single plain number below 2^63 (RFC 9112 section 6.3 rule 5).</summary>
    BadContentLength,

    /// <summary>
    /// 400: the request has more than one Content-Length line, equal or not (RFC 9112 section 6.3 rule 5).
    /// </summary>
    SeveralContentLengths,

    /// <summary>501: the request has a transfer coding beside chunked (RFC 9112 section 6.1).</summary>
    UnknownTransferCoding,

    /// <summary>400: Transfer-Encoding is not exactly one "chunked" (RFC 9112 section 6.3 rule 4).</summary>
    BadTransferEncoding,

    /// <summary>400: an HTTP/1.0 request has Transfer-Encoding (RFC 9112 section 6.1).</summary>
    TransferEncodingInHttp10,
}
