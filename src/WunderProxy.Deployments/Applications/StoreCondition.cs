using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Machines;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Applications;

/// <summary>
/// How the object store of an application answers: the circuit, and the warnings of a store that answers and refuses
/// writes, or holds something that cannot be used.
/// </summary>
/// <param name="circuit">Opened by every caller that misses the store; closed by the store's tender.</param>
/// <param name="notices">The warnings of the application.</param>
internal sealed class StoreCondition(Circuit circuit, NoticeBoard notices)
{
    private const string ReadOnlyTopic = "read-only";
    private const string ContentTopic = "content";

    /// <summary>Opened by every caller that misses the store; closed by the store's tender.</summary>
    public Circuit Circuit => circuit;

    /// <summary>Whether the store is away.</summary>
    public bool IsAway => circuit.IsOpen;

    /// <summary>Whether the store was found to be one that may only be read.</summary>
    public bool IsReadOnly => notices.Has(ReadOnlyTopic);

    /// <summary>
    /// Takes in the fault of a call to the store. A store that refuses a write for want of the right, or holds something
    /// that cannot be used, has answered: that is a warning, and the circuit stays closed.
    /// </summary>
    public void Failed(Exception fault)
    {
        switch (fault as ObjectStoreException ?? fault.InnerException as ObjectStoreException)
        {
            case { IsWriteDenied: true }:
                notices.Warn(
                    ReadOnlyTopic, "the store may only be read: deploys and rollbacks are refused, events stay on this machine");
                break;
            case { IsAboutContent: true }:
                notices.Warn(ContentTopic, fault.Message);
                break;
            default:
                circuit.Open(fault.Message);
                break;
        }
    }

    /// <summary>The store has taken a write.</summary>
    public void Written() => notices.Warn(ReadOnlyTopic, null);

    /// <summary>The documents that are read at every look can be used.</summary>
    public void ContentFine() => notices.Warn(ContentTopic, null);
}
