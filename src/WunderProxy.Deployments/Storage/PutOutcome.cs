namespace WunderProxy.Deployments.Storage;

/// <summary>The outcome of a write to an object store.</summary>
public enum PutOutcome
{
    /// <summary>The object holds the written bytes.</summary>
    Stored,

    /// <summary>The condition did not hold, and the call wrote nothing.</summary>
    PreconditionFailed,

    /// <summary>
    /// The object may have been written or not (409, 5xx, time-out): the caller reads it before doing anything else.
    /// </summary>
    Unknown,

    /// <summary>The store has no conditional writes (501), and the call wrote nothing.</summary>
    NotSupported,
}
