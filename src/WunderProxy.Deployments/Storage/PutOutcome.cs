namespace WunderProxy.Deployments.Storage;

/// <summary>What became of a write.</summary>
public enum PutOutcome
{
    /// <summary>The object holds these bytes.</summary>
    Stored,

    /// <summary>The condition did not hold; nothing was written by this call.</summary>
    PreconditionFailed,

    /// <summary>It may have been written or not (409, 5xx, time-out): read again before doing anything else.</summary>
    Unknown,

    /// <summary>The store has no conditional writes (501); nothing was written.</summary>
    NotSupported,
}
