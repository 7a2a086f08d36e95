namespace WunderProxy.Deployments.Contracts;

/// <summary>One entry of the deployment history.</summary>
/// <param name="Revision">The application's own name for it.</param>
/// <param name="DeployedAt">When it was deployed.</param>
/// <param name="DeployedBy">Who deployed it.</param>
/// <param name="Hash">The hash as the entry has it, MD5 or SHA-256.</param>
/// <param name="Current">Whether this machine serves it.</param>
public sealed record HistoryEntryView(
    string Revision, DateTimeOffset DeployedAt, string DeployedBy, string Hash, bool Current);
