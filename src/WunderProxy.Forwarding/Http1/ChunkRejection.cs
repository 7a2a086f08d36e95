namespace WunderProxy.Forwarding.Http1;

/// <summary>
/// Why a chunked body was refused. A request is answered with 400 if nothing has been answered yet; otherwise the
/// message is aborted, so that no recipient takes it for complete (RFC 9112 sections 7.1 and 8).
/// </summary>
internal enum ChunkRejection
{
    /// <summary>The body is valid so far.</summary>
    None,

    /// <summary>A chunk size that does not start with a hexadecimal digit or is not followed by CRLF or an extension.</summary>
    BadSize,

    /// <summary>A chunk size of more than 16 digits or above 2^63 - 1.</summary>
    SizeOverflow,

    /// <summary>A chunk extension that breaks the grammar of RFC 9112 section 7.1.1.</summary>
    BadExtension,

    /// <summary>
    /// The extensions of one line, or of all lines compared with the data they come with, exceed their limit
    /// (CVE-2023-39326).
    /// </summary>
    ExtensionsTooLong,

    /// <summary>The chunk data is not followed by CRLF.</summary>
    BadDataEnd,

    /// <summary>A CR without LF, or an LF without CR, in the framing (RFC 9112 erratum 7633).</summary>
    BareLineEnd,

    /// <summary>A trailer line is not a valid field line (RFC 9112 section 7.1.2).</summary>
    BadTrailer,

    /// <summary>The trailer section exceeds its limit in bytes or in lines.</summary>
    TrailersTooLarge,
}
