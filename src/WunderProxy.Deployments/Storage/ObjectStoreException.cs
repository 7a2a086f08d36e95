namespace WunderProxy.Deployments.Storage;

/// <summary>The object store could not do what it was asked; the message is one sentence for an operator.</summary>
/// <param name="fault">Why.</param>
/// <param name="message">One clear sentence.</param>
/// <param name="cause">What the store's client said.</param>
public sealed class ObjectStoreException(ObjectStoreFault fault, string message, Exception? cause = null)
    : Exception(message, cause)
{
    /// <summary>Why.</summary>
    public ObjectStoreFault Fault { get; } = fault;

    /// <summary>Whether a write was refused for want of the right to write; reads may go on.</summary>
    public bool IsWriteDenied { get; init; }

    /// <summary>Whether the store answers, and only what it holds under a key cannot be used.</summary>
    public bool IsAboutContent => Fault is ObjectStoreFault.Corrupt or ObjectStoreFault.TooLarge or ObjectStoreFault.Refused;
}
