namespace WunderProxy.Deployments.Acme;

/// <summary>
/// How long each host must not be ordered, because orders failed or the server asked for it, and how many orders failed: a
/// restart must not forget that.
/// </summary>
/// <param name="Directory">URL of the server's directory; another server knows nothing of the failures.</param>
/// <param name="Until">When each host may be tried again.</param>
/// <param name="Failures">Number of failures since the last success, by host; null in a file of an earlier release.</param>
/// <param name="Written">When the file was written, by the clock of that time; null in a file of an earlier release.</param>
internal sealed record PausesDocument(
    string? Directory,
    IReadOnlyDictionary<string, DateTimeOffset>? Until,
    IReadOnlyDictionary<string, int>? Failures = null,
    DateTimeOffset? Written = null);
