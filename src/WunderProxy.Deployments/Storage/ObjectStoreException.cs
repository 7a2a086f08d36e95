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
}
