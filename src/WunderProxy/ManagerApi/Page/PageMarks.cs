using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi.Page;

/// <summary>
/// Chooses what the charts mark on the time axis: the events of this process, and what the history tells of the time
/// before it.
/// </summary>
internal static class PageMarks
{
    /// <summary>Most marks on the axis; of more, the newest.</summary>
    private const int Most = 12;

    /// <summary>Returns the marks of a window, oldest first.</summary>
    /// <param name="events">The events of this process, oldest first.</param>
    /// <param name="history">The history, oldest first; null while it has not been read.</param>
    /// <param name="guard">The latest watch of the guard.</param>
    /// <param name="from">Begin of the window.</param>
    /// <param name="to">End of the window.</param>
    /// <param name="rights">What the reader may see.</param>
    public static IReadOnlyList<PageMark> Of(
        IReadOnlyList<EventView> events,
        IReadOnlyList<HistoryEntryView>? history,
        GuardView? guard,
        DateTimeOffset from,
        DateTimeOffset to,
        PageRights rights)
    {
        var marks = events.Select(happened => OfEvent(happened, rights)).OfType<PageMark>().ToList();
        var first = marks.Count > 0 ? marks[0].At : to;
        marks.AddRange((history ?? [])
            .Where(entry => entry.DeployedAt < first && !events.Any(happened => happened.Hash == entry.Hash))
            .Select(entry => new PageMark(entry.DeployedAt, Tone.Busy, $"Deploy of {ShortName.Of(entry.Revision)}{By(entry.DeployedBy, rights)}")));
        if (guard is { State: GuardState.Passed })
        {
            marks.Add(new PageMark(guard.Until, Tone.Good, $"Guard: {ShortName.Of(guard.Revision)} is no worse than {ShortName.Of(guard.FromRevision)}"));
        }

        return [.. marks.Where(mark => mark.At >= from && mark.At <= to).OrderBy(mark => mark.At).TakeLast(Most)];
    }

    private static PageMark? OfEvent(EventView happened, PageRights rights)
    {
        var by = By(happened.By, rights);
        var isOk = happened.Result == "ok";
        var revision = ShortName.Of(happened.Revision);
        return happened.Type switch
        {
            "switch" => new(happened.At, Tone.Busy, $"Switch to {revision}{by}"),
            "deploy" => new(happened.At, Tone.Busy, $"Deploy of {revision}{by}"),
            "rollback" => new(happened.At, Tone.Warning, $"Rollback to {revision}{by}"),
            "guard_rollback" => new(happened.At, Tone.Bad, $"Guard switched back to {revision}"),
            "failure" => new(happened.At, Tone.Bad, $"Failure{(revision.Length > 0 ? $" of {revision}" : "")}: {happened.Result}"),
            "pause" when isOk => new(happened.At, Tone.Warning, $"Pause{by}"),
            "resume" when isOk => new(happened.At, Tone.Busy, $"Resume{by}"),
            "start" => new(happened.At, Tone.Busy, "Start of WunderProxy"),
            _ => null,
        };
    }

    private static string By(string name, PageRights rights) =>
        name.Length == 0 || rights == PageRights.Stranger ? string.Empty : $" by {name}";
}
