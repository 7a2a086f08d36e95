using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi.Page;

/// <summary>Facts of the past, as the store tells them.</summary>
/// <param name="Entries">The entries of the history, oldest first.</param>
/// <param name="Events">The newest events of all machines, oldest first; empty until they have been read.</param>
internal sealed record PastFacts(IReadOnlyList<HistoryEntryView> Entries, IReadOnlyList<EventView> Events)
{
    /// <summary>Returns the facts with events that this process has recorded and the store may not have yet.</summary>
    /// <param name="recent">The events of this process.</param>
    public PastFacts With(IReadOnlyList<EventView> recent)
    {
        var known = Events.Select(happened => happened.Id).ToHashSet(StringComparer.Ordinal);
        return this with
        {
            Events = [.. Events.Concat(recent.Where(happened => known.Add(happened.Id))).OrderBy(happened => happened.At)],
        };
    }
}
