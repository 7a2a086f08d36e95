namespace WunderProxy.Deployments.Storage;

/// <summary>
/// Thrown when the object store could not do what was asked; the message is one sentence for an operator.
/// </summary>
/// <param name="fault">Why the call failed.</param>
/// <param name="message">One clear sentence.</param>
/// <param name="cause">The exception of the store's client.</param>
public sealed class ObjectStoreException(ObjectStoreFault fault, string message, Exception? cause = null)
    : Exception(message, cause)
{
    /// <summary>Why the call to the store failed.</summary>
    public ObjectStoreFault Fault { get; } = fault;

    /// <summary>Whether a write was refused because the right to write is missing; reads may still work.</summary>
    public bool IsWriteDenied { get; init; }

    /// <summary>Whether the store answers and only the content under a key cannot be used.</summary>
    public bool IsAboutContent => Fault is ObjectStoreFault.Corrupt or ObjectStoreFault.TooLarge or ObjectStoreFault.Refused;
}
