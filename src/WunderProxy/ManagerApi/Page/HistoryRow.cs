namespace WunderProxy.ManagerApi.Page;

/// <summary>One deploy, rollback or failure of the past, as the page shows it.</summary>
/// <param name="Revision">The application's own name for what was deployed.</param>
/// <param name="Hash">The hash as written in the entry or event; empty if unknown.</param>
/// <param name="At">When it happened.</param>
/// <param name="By">Who asked for it; empty for callers without rights.</param>
internal sealed record HistoryRow(string Revision, string Hash, DateTimeOffset At, string By)
{
    /// <summary>Kind of the change, unless it was a deploy: <c>rollback</c> or <c>guard</c>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>How long the operation took, in seconds; null if that is unknown.</summary>
    public double? Seconds { get; init; }

    /// <summary>Whether it is in the history, so that it can be compared and returned to.</summary>
    public bool IsEntry { get; init; } = true;

    /// <summary>Whether this machine serves it.</summary>
    public bool IsCurrent { get; init; }

    /// <summary>How long it was what serves; null for what never served.</summary>
    public TimeSpan? Served { get; init; }

    /// <summary>How it ended, in words; empty for what has not ended.</summary>
    public string End { get; init; } = "";

    /// <summary>How fast the entry can be in service again, in words; empty for what is no entry.</summary>
    public string Way { get; init; } = "";
}
