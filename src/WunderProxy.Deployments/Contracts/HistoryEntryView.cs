namespace WunderProxy.Deployments.Contracts;

/// <summary>One entry of the deployment history.</summary>
/// <param name="Revision">The application's own name for what was deployed.</param>
/// <param name="DeployedAt">When the launch config was deployed.</param>
/// <param name="DeployedBy">Name of the deployer.</param>
/// <param name="Hash">The hash as written in the entry, MD5 or SHA-256.</param>
/// <param name="Current">Whether this machine serves this entry.</param>
public sealed record HistoryEntryView(
    string Revision, DateTimeOffset DeployedAt, string DeployedBy, string Hash, bool Current);
