using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Machines;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Applications;

/// <summary>
/// Tracks whether the object store of an application answers: the circuit, and warnings about a store that answers but
/// refuses writes, or contains something unusable.
/// </summary>
/// <param name="circuit">The circuit, which callers that get no answer open and the store tender closes.</param>
/// <param name="notices">The warnings of the application.</param>
internal sealed class StoreCondition(Circuit circuit, NoticeBoard notices)
{
    private const string ReadOnlyTopic = "read-only";
    private const string ContentTopic = "content";

    /// <summary>The circuit, which callers that get no answer open and the store tender closes.</summary>
    public Circuit Circuit => circuit;

    /// <summary>Whether the store does not answer.</summary>
    public bool IsAway => circuit.IsOpen;

    /// <summary>Whether the store was found to be one that may only be read.</summary>
    public bool IsReadOnly => notices.Has(ReadOnlyTopic);

    /// <summary>
    /// Records the failure of a call to the store. A store that refuses a write for lack of rights, or contains
    /// something unusable, has answered: the result is a warning, and the circuit stays closed.
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
                notices.Warn(ContentTopic, "the store has something that cannot be used, or refuses a request", fault.Message);
                break;
            default:
                circuit.Open(fault.Message);
                break;
        }
    }

    /// <summary>Records that the store accepted a write.</summary>
    public void Written() => notices.Warn(ReadOnlyTopic, null);

    /// <summary>Records that the documents read at every look are usable.</summary>
    public void ContentFine() => notices.Warn(ContentTopic, null);
}
