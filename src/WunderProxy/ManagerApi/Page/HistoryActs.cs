using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi.Page;

/// <summary>
/// Joins the entries of the history with the events of all machines: each deploy, rollback, return of a guard and failure
/// of the past once, however many machines tell of it.
/// </summary>
internal static class HistoryActs
{
    /// <summary>Most acts beside the entries of the history; of more, the newest.</summary>
    public const int MaxOthers = 4;

    private const string OkResult = "ok";

    /// <summary>The result of the event of a guard that found a revision worse and could not switch back: nothing failed to serve.</summary>
    private const string GuardKept = "guard_kept";

    /// <summary>Longest distance of the events by which several machines tell of one act.</summary>
    private static readonly TimeSpan SameAct = TimeSpan.FromMinutes(10);

    /// <summary>Returns the acts, oldest first.</summary>
    public static IReadOnlyList<HistoryAct> Of(PastFacts past)
    {
        var from = past.Entries.Count > 0 && past.Entries[0].DeployedAt > DateTimeOffset.MinValue + SameAct
            ? past.Entries[0].DeployedAt - SameAct
            : DateTimeOffset.MinValue;
        var acts = past.Entries.Select(entry => new HistoryAct(ActKind.Deploy, entry.Revision, entry.Hash, entry.DeployedAt, entry.DeployedBy) { Entry = entry })
            .Concat(past.Events.Where(happened => happened.At >= from).Select(happened => OfEvent(happened, past)).OfType<HistoryAct>())
            .OrderBy(act => act.At)
            .ThenBy(act => act.Entry is null);
        List<HistoryAct> told = [];
        foreach (var act in acts)
        {
            // What tells of the same act follows it, except for failures, which end nothing.
            var last = told.FindLastIndex(other => (other.Kind == ActKind.Failure) == (act.Kind == ActKind.Failure));
            if (last >= 0 && IsSame(told[last], act))
            {
                told[last] = Join(told[last], act);
            }
            else
            {
                told.Add(act);
            }
        }

        var others = told.Where(act => act.Entry is null).TakeLast(MaxOthers).ToHashSet();
        return [.. told.Where(act => act.Entry is not null || others.Contains(act)).OrderBy(act => act.At)];
    }

    private static HistoryAct? OfEvent(EventView happened, PastFacts past)
    {
        ActKind? kind = happened.Type switch
        {
            "deploy" when happened.Result == OkResult => ActKind.Deploy,
            "rollback" when happened.Result == OkResult => ActKind.Rollback,
            "guard_rollback" => ActKind.Guard,
            "failure" when happened.Result != GuardKept && (happened.Revision.Length > 0 || happened.Hash.Length > 0) => ActKind.Failure,
            _ => null,
        };
        return kind is null
            ? null
            : new HistoryAct(kind.Value, RevisionOf(happened, past), happened.Hash, happened.At, happened.By)
            {
                Seconds = happened.Seconds,
                Result = happened.Result,
            };
    }

    private static string RevisionOf(EventView happened, PastFacts past) => happened.Revision.Length > 0
        ? happened.Revision
        : past.Events.FirstOrDefault(other => other.Revision.Length > 0 && IsSameHash(other.Hash, happened.Hash))?.Revision
            ?? past.Entries.FirstOrDefault(entry => IsSameHash(entry.Hash, happened.Hash))?.Revision
            ?? "";

    /// <summary>
    /// Whether two events, or an entry and an event, tell of the same act: an entry and its event have the same time unless
    /// the history could be written only later, and machines act one soon after the other.
    /// </summary>
    private static bool IsSame(HistoryAct one, HistoryAct other) =>
        one.Kind == other.Kind
        && !(one.Entry is not null && other.Entry is not null)
        && IsSameHash(one.Hash, other.Hash)
        && (one.At - other.At).Duration() < SameAct;

    private static HistoryAct Join(HistoryAct first, HistoryAct second)
    {
        var (kept, added) = second.Entry is not null ? (second, first) : (first, second);
        return kept with { Seconds = kept.Seconds ?? added.Seconds };
    }

    private static bool IsSameHash(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
}
