namespace WunderProxy.Deployments.Contracts;

/// <summary>The outcome of a deploy or rollback; property names are those of the manager API.</summary>
/// <param name="Hash">SHA-256 launch config hash.</param>
/// <param name="Revision">The application's own name for it.</param>
/// <param name="Container">Full container id.</param>
/// <param name="Address">Where the proxy reaches it, <c>host:port</c>.</param>
/// <param name="Method"><c>running</c>, <c>started</c>, <c>created</c>, <c>pulled</c> or <c>loaded</c>.</param>
/// <param name="Seconds">From the call until traffic went there.</param>
/// <param name="HistoryPending">The history could not be written after the switch; it is tried again.</param>
public sealed record DeployResult(
    string Hash, string Revision, string Container, string Address, string Method, double Seconds, bool HistoryPending)
{
    /// <summary>The id of the guard's watch in <see cref="GuardView"/>; null when the switch is not watched.</summary>
    public string? Guard { get; init; }
}
