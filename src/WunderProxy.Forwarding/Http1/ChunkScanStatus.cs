namespace WunderProxy.Forwarding.Http1;

/// <summary>Why <see cref="ChunkedDecoder.Scan"/> stopped before the end of its input.</summary>
internal enum ChunkScanStatus
{
    /// <summary>The whole input has been judged, but for the start of a line that needs more bytes.</summary>
    NeedMore,

    /// <summary>
    /// The next line is valid but must not be forwarded as it is: see <see cref="ChunkedDecoder.SkipBytes"/>.
    /// </summary>
    Rewrite,

    /// <summary>The last byte of the body has been seen.</summary>
    Done,

    /// <summary>The body is malformed: see <see cref="ChunkedDecoder.Rejection"/>.</summary>
    Rejected,
}
