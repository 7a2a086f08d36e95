namespace WunderProxy.ManagerApi.Page;

/// <summary>What one revision served during the window of the page.</summary>
/// <param name="Name">The revision; empty where revisions are unknown, as for <c>forward</c>.</param>
/// <param name="IsCurrent">Whether the revision is in service.</param>
/// <param name="Points">The steps, oldest first.</param>
internal sealed record RevisionSeries(string Name, bool IsCurrent, IReadOnlyList<SeriesPoint> Points)
{
    /// <summary>The name in legends and tables.</summary>
    public string Label => Name.Length > 0 ? ShortName.Of(Name) : "upstream";
}
