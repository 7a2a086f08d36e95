using System.Text.Json.Serialization.Metadata;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Explanations;

/// <summary>
/// A document of evidence in the local state. That it cannot be read or written is no failure: evidence of the past is
/// worth neither a failed start nor a failed operation.
/// </summary>
/// <param name="state">The local state.</param>
/// <param name="name">File name of the document.</param>
/// <param name="type">JSON type of the document.</param>
/// <param name="findFault">Returns what is wrong with a document that was read; null if nothing is.</param>
internal sealed class KeptDocument<T>(LocalState state, string name, JsonTypeInfo<T> type, Func<T, string?> findFault)
    where T : class
{
    /// <summary>Reads the document; null if there is none that can be read.</summary>
    public T? Read()
    {
        try
        {
            return state.ReadDocument(name, type, findFault);
        }
        catch (Exception exception) when (exception is StateUnreadableException or StateUnwritableException)
        {
            return null;
        }
    }

    /// <summary>Writes the document if the disk allows.</summary>
    public void TryWrite(T document)
    {
        try
        {
            state.WriteDocument(name, document, type);
        }
        catch (StateUnwritableException)
        {
            // Kept in memory by the caller.
        }
    }
}
