namespace WunderProxy.Fuzz.Proxy;

/// <summary>How the end of a body is known.</summary>
internal enum BodyEnd
{
    /// <summary>There is none.</summary>
    NoBody,

    /// <summary>By Content-Length.</summary>
    Length,

    /// <summary>By the last chunk.</summary>
    Chunked,

    /// <summary>By the end of the connection.</summary>
    Close,
}
