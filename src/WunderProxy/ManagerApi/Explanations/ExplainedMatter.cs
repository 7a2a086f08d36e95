namespace WunderProxy.ManagerApi.Explanations;

/// <summary>The names of what <c>GET /explain</c> explains, as written after <c>what=</c>.</summary>
internal static class ExplainedMatter
{
    /// <summary>The last launch that failed.</summary>
    public const string Launch = "launch";

    /// <summary>The last switch of traffic, with the numbers of both revisions and its drains.</summary>
    public const string Switch = "switch";

    /// <summary>The errors of the last ten minutes.</summary>
    public const string Errors = "errors";

    /// <summary>What is answered when there is nothing to explain.</summary>
    public const string Nothing = "nothing";

    /// <summary>All that a caller may ask for.</summary>
    public static IReadOnlyList<string> All { get; } = [Launch, Switch, Errors];
}
