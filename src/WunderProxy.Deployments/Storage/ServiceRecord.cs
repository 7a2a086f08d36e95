namespace WunderProxy.Deployments.Storage;

/// <summary>What is in service, as the local state keeps it.</summary>
/// <param name="Hash">SHA-256 hash of the launch config in service.</param>
/// <param name="Container">Full id of its container.</param>
/// <param name="Seen">SHA-256 of the <c>current.json</c> that was last seen; empty when none was.</param>
public sealed record ServiceRecord(string Hash, string Container, string Seen)
{
    /// <summary>Distinct hashes that were once current, newest last; for the rule of kept revisions.</summary>
    public IReadOnlyList<string> Earlier { get; init; } = [];
}
