namespace WunderProxy.Deployments.Storage;

/// <summary>Why a store could not do what it was asked.</summary>
public enum ObjectStoreFault
{
    /// <summary>The place cannot be a store: a plain file, a directory without a parent, a bad bucket name.</summary>
    BadLocation,

    /// <summary>No or wrong credentials, or no right to do this.</summary>
    Denied,

    /// <summary>There is no bucket of that name.</summary>
    NoSuchBucket,

    /// <summary>It cannot be reached, or answers with a fault of its own.</summary>
    Unavailable,

    /// <summary>It did not answer within the limit of a call.</summary>
    TimedOut,

    /// <summary>What it holds cannot be read as what it should be.</summary>
    Corrupt,

    /// <summary>The object has more bytes than a document of its kind may have; it was not read.</summary>
    TooLarge,

    /// <summary>It refused the request for another reason.</summary>
    Refused,
}
