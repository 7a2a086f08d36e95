using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi.Page;

/// <summary>Makes the rows of the history from its entries and the containers that are there.</summary>
internal static class HistoryRows
{
    /// <summary>Returns the rows, newest first.</summary>
    /// <param name="entries">The entries, oldest first.</param>
    /// <param name="containers">The containers, by which a rollback may be quick.</param>
    /// <param name="now">The present.</param>
    /// <param name="rights">What the reader may see.</param>
    public static IReadOnlyList<HistoryRow> Of(
        IReadOnlyList<HistoryEntryView> entries, IReadOnlyList<ContainerView> containers, DateTimeOffset now, PageRights rights)
    {
        var rows = new List<HistoryRow>(entries.Count);
        for (var index = entries.Count - 1; index >= 0; index--)
        {
            var entry = entries[index];
            var next = index + 1 < entries.Count ? entries[index + 1] : null;
            rows.Add(new HistoryRow(
                entry.Revision,
                entry.Hash,
                entry.DeployedAt,
                rights == PageRights.Stranger ? string.Empty : entry.DeployedBy,
                entry.Current && !rows.Exists(row => row.IsCurrent),
                (next?.DeployedAt ?? now) - entry.DeployedAt,
                next?.Revision ?? string.Empty,
                WayOf(entry, containers)));
        }

        return rows;
    }

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
