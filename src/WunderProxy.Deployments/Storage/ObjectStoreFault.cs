namespace WunderProxy.Deployments.Storage;

/// <summary>Why an object store could not do what was asked.</summary>
public enum ObjectStoreFault
{
    /// <summary>
    /// The location cannot be a store: a plain file, a directory without a parent, a bad bucket name.
    /// </summary>
    BadLocation,

    /// <summary>Credentials are missing or wrong, or the right to do this is missing.</summary>
    Denied,

    /// <summary>There is no bucket with this name.</summary>
    NoSuchBucket,

    /// <summary>The store cannot be reached, or answers with an error of its own.</summary>
    Unavailable,

    /// <summary>The store did not answer within the time limit of a call.</summary>
    TimedOut,

    /// <summary>The stored content cannot be read as the expected kind of document.</summary>
    Corrupt,

    /// <summary>The object is larger than a document of its kind may be; it was not read.</summary>
    TooLarge,

    /// <summary>The store refused the request for another reason.</summary>
    Refused,
}
