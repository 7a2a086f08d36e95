namespace WunderProxy.ManagerApi.Page;

/// <summary>One deployment of the history, as the page shows it.</summary>
/// <param name="Revision">The application's own name for what was deployed.</param>
/// <param name="Hash">The hash as written in the entry.</param>
/// <param name="At">When it was deployed.</param>
/// <param name="By">Who deployed it; empty for callers without rights.</param>
/// <param name="IsCurrent">Whether this machine serves the entry.</param>
/// <param name="Served">How long the entry was the newest one.</param>
/// <param name="ReplacedBy">The revision that took its place; empty for the newest.</param>
/// <param name="Way">How fast the entry can be in service again, in words.</param>
internal sealed record HistoryRow(
    string Revision,
    string Hash,
    DateTimeOffset At,
    string By,
    bool IsCurrent,
    TimeSpan Served,
    string ReplacedBy,
    string Way);
