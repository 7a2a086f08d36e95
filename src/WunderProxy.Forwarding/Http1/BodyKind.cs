namespace WunderProxy.Forwarding.Http1;

/// <summary>How a recipient knows where a message body ends.</summary>
internal enum BodyKind : byte
{
    /// <summary>The message has no body.</summary>
    None,

    /// <summary>Content-Length gives the number of body bytes.</summary>
    Length,

    /// <summary>The body is chunked and ends with the last chunk and its trailers.</summary>
    Chunked,

    /// <summary>The body ends with the connection; only responses may be framed so.</summary>
    UntilClose,
}
