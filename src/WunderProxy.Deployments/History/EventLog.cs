using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.History;

/// <summary>
/// The record of all events of a service. With a local state, an event is first made durable there and goes to the
/// store as soon as the store answers; its key stays the same, so that no event is stored twice.
/// </summary>
/// <param name="store">The store in which events are kept.</param>
/// <param name="prefix">The service's prefix in the store.</param>
/// <param name="state">
/// Where events wait while the store cannot be reached; null for programs without a local state.
/// </param>
public sealed class EventLog(IObjectStore store, string prefix, LocalState? state = null)
{
    /// <summary>Number of events that wait in the local state; read without I/O.</summary>
    internal int PendingCount => state?.PendingCount ?? 0;

    /// <summary>Records one event in the local state and the store.</summary>
    /// <returns>True if the event is in the store, false if it waits in the local state.</returns>
    /// <exception cref="ObjectStoreException">
    /// The store failed, and there is no local state to keep the event.
    /// </exception>
    /// <exception cref="StateUnwritableException">
    /// The local state cannot be written, and the store failed too.
    /// </exception>
    public Task<bool> RecordAsync(DeploymentEvent recorded, CancellationToken cancellationToken) =>
        RecordAsync(recorded, out _, cancellationToken);

    /// <inheritdoc cref="RecordAsync(DeploymentEvent, CancellationToken)"/>
    /// <param name="recorded">The event.</param>
    /// <param name="isKept">Whether the event is durable in the local state when the call returns its task.</param>
    /// <param name="cancellationToken">Cancels the write to the store.</param>
    internal Task<bool> RecordAsync(DeploymentEvent recorded, out bool isKept, CancellationToken cancellationToken)
    {
        var key = ObjectKey.Event(prefix, recorded.At, recorded.Id);
        var bytes = EventJson.Write(recorded);
        isKept = TryKeep(key[ObjectKey.Events(prefix).Length..], bytes, out var notKept);
        return StoreAsync(key, bytes, isKept, notKept, cancellationToken);
    }

    /// <summary>Writes the events that wait in the local state to the store, oldest first.</summary>
    /// <returns>Number of events written.</returns>
    /// <exception cref="ObjectStoreException">The store failed; the remaining events still wait.</exception>
    public async Task<int> FlushAsync(CancellationToken cancellationToken)
    {
        var written = 0;
        foreach (var name in state?.PendingEvents() ?? [])
        {
            if (state!.ReadPendingEvent(name) is not { } bytes)
            {
                continue;
            }

            if (!EventJson.TryRead(bytes, out _))
            {
                state.RejectPendingEvent(name, "it is not an event");
                continue;
            }

            await store.PutAsync(ObjectKey.Events(prefix) + name, bytes, PutCondition.None, cancellationToken);
            state.RemovePendingEvent(name);
            written++;
        }

        return written;
    }

    private async Task<bool> StoreAsync(
        string key, byte[] bytes, bool isKept, StateUnwritableException? notKept, CancellationToken cancellationToken)
    {
        try
        {
            await store.PutAsync(key, bytes, PutCondition.None, cancellationToken);
        }
        catch (ObjectStoreException) when (isKept)
        {
            return false;
        }
        catch (ObjectStoreException) when (notKept is not null)
        {
            throw notKept;
        }

        state?.RemovePendingEvent(key[ObjectKey.Events(prefix).Length..]);
        return true;
    }

    private bool TryKeep(string name, byte[] bytes, out StateUnwritableException? failure)
    {
        failure = null;
        try
        {
            state?.AddPendingEvent(name, bytes);
            return state is not null;
        }
        catch (StateUnwritableException exception)
        {
            failure = exception;
            return false;
        }
    }
}
