namespace WunderProxy.IntegrationTests.Faults;

/// <summary>What happens to a request on its way to the S3 server.</summary>
internal enum StoreFault
{
    /// <summary>It gets through.</summary>
    None,

    /// <summary>The connection breaks.</summary>
    Broken,

    /// <summary>It gets through after a second.</summary>
    Slow,

    /// <summary>500 InternalError; the server never sees it.</summary>
    Error,

    /// <summary>403 AccessDenied; the server never sees it.</summary>
    Denied,

    /// <summary>412 PreconditionFailed, as if another writer had been quicker; the server never sees it.</summary>
    Lost,

    /// <summary>The server does it, and the answer is 500: the outcome is unknown to the writer.</summary>
    AnswerLost,
}
