using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi.Page;

/// <summary>Makes the rows of the history from what the store tells and the containers that are there.</summary>
internal static class HistoryRows
{
    /// <summary>The way back to what is in service already.</summary>
    public const string InService = "in service";

    /// <summary>Most characters of the code of a failure; others may write events.</summary>
    private const int MaxCode = 40;

    /// <summary>Returns the rows, newest first.</summary>
    /// <param name="past">The entries of the history, and the events.</param>
    /// <param name="containers">The containers, by which a rollback may be quick.</param>
    /// <param name="now">The present.</param>
    /// <param name="rights">What the reader may see.</param>
    public static IReadOnlyList<HistoryRow> Of(
        PastFacts past, IReadOnlyList<ContainerView> containers, DateTimeOffset now, PageRights rights)
    {
        var acts = HistoryActs.Of(past);
        var served = past.Entries.FirstOrDefault(entry => entry.Current)?.Hash;
        var rows = new List<HistoryRow>(acts.Count);
        HistoryAct? next = null;
        for (var index = acts.Count - 1; index >= 0; index--)
        {
            var act = acts[index];
            var isServed = act.Kind != ActKind.Failure && act.Hash == served;
            rows.Add(new HistoryRow(act.Revision, act.Hash, act.At, rights == PageRights.Stranger ? "" : act.By)
            {
                Kind = KindOf(act),
                Seconds = act.Seconds,
                IsEntry = act.Entry is not null,
                IsCurrent = isServed && !rows.Exists(row => row.IsCurrent),
                Served = act.Kind == ActKind.Failure ? null : (next?.At ?? now) - act.At,
                End = EndOf(act, next),
                Way = act.Entry is null ? "" : isServed ? InService : WayOf(act.Entry, containers),
            });
            next = act.Kind == ActKind.Failure ? next : act;
        }

        return rows;
    }

    private static string KindOf(HistoryAct act) => act.Kind switch
    {
        ActKind.Rollback => "rollback",
        ActKind.Guard => "guard",
        _ => "",
    };

    /// <summary>Says how an act ended; <paramref name="next"/> is what took its place.</summary>
    private static string EndOf(HistoryAct act, HistoryAct? next) => (act.Kind, next?.Kind) switch
    {
        (ActKind.Failure, _) => $"failed: {act.Result[..Math.Min(act.Result.Length, MaxCode)]}",
        (_, null) => "",
        (_, ActKind.Rollback) => $"rolled back to {ShortName.Of(next!.Revision)}",
        (_, ActKind.Guard) => $"guard went back to {ShortName.Of(next!.Revision)}",
        _ when next!.Hash == act.Hash => "deployed again",
        _ => $"replaced by {ShortName.Of(next!.Revision)}",
    };

    private static string WayOf(HistoryEntryView entry, IReadOnlyList<ContainerView> containers)
    {
        // An entry of the old tool names the MD5 of its config, while containers carry the SHA-256.
        var container = containers.FirstOrDefault(container => container.Hash == entry.Hash)
            ?? containers.FirstOrDefault(container => container.Revision == entry.Revision);
        return container?.State switch
        {
            "current" or "launched" or "draining" => "running container: at once",
            "kept" => "kept container: about 1 s",
            _ => "new container, pull if the image is gone",
        };
    }
}
