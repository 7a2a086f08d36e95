namespace WunderProxy.Forwarding.Http1;

/// <summary>
/// Why a chunked body was refused: 400 for a request of which nothing was answered, otherwise the message is
/// aborted so that nobody takes it for complete (RFC 9112 sections 7.1 and 8).
/// </summary>
internal enum ChunkRejection
{
    /// <summary>Nothing was refused.</summary>
    None,

    /// <summary>A chunk size that does not start with a hexadecimal digit or is not followed by CRLF or an extension.</summary>
    BadSize,

    /// <summary>A chunk size of more than 16 digits or above 2^63 - 1.</summary>
    SizeOverflow,

    /// <summary>A chunk extension that breaks the grammar of RFC 9112 section 7.1.1.</summary>
    BadExtension,

    /// <summary>One chunk extension, or all of them against the data they come with, pass their limit (CVE-2023-39326).</summary>
    ExtensionsTooLong,

    /// <summary>Chunk data that is not followed by CRLF.</summary>
    BadDataEnd,

    /// <summary>CR without LF, or LF without CR, anywhere in the framing (RFC 9112 erratum 7633).</summary>
    BareLineEnd,

    /// <summary>A trailer line that is no valid field line (RFC 9112 section 7.1.2).</summary>
    BadTrailer,

    /// <summary>The trailer section passes its limit in bytes or lines.</summary>
    TrailersTooLarge,
}
