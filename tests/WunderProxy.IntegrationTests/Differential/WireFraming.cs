namespace WunderProxy.IntegrationTests.Differential;

/// <summary>How the end of a body is known.</summary>
internal enum WireFraming
{
    /// <summary>There is no body.</summary>
    None,

    /// <summary>By a length.</summary>
    Length,

    /// <summary>By chunks.</summary>
    Chunked,

    /// <summary>By the end of the connection.</summary>
    UntilClose,
}
