namespace WunderProxy.Forwarding.Http1;

/// <summary>Why <see cref="ChunkedDecoder.Scan"/> stopped.</summary>
internal enum ChunkScanStatus
{
    /// <summary>All that can be judged has been; what is left is the start of a line that needs more bytes.</summary>
    NeedMore,

    /// <summary>The next line is valid but must not be passed on as it is: see <see cref="ChunkedDecoder.SkipBytes"/>.</summary>
    Rewrite,

    /// <summary>The body is complete.</summary>
    Done,

    /// <summary>The body is malformed: see <see cref="ChunkedDecoder.Rejection"/>.</summary>
    Rejected,
}
