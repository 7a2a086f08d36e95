namespace WunderProxy.Forwarding.Http1;

/// <summary>How the end of a body is known.</summary>
internal enum BodyKind : byte
{
    /// <summary>There is no body.</summary>
    None,

    /// <summary>By its length.</summary>
    Length,

    /// <summary>By the last chunk.</summary>
    Chunked,

    /// <summary>By the end of the connection; responses only.</summary>
    UntilClose,
}
