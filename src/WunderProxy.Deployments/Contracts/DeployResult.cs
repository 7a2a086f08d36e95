namespace WunderProxy.Deployments.Contracts;

/// <summary>The outcome of a deploy or rollback; property names are those of the manager API.</summary>
/// <param name="Hash">SHA-256 hash of the launch config.</param>
/// <param name="Revision">The application's own name for what is deployed.</param>
/// <param name="Container">Full container id.</param>
/// <param name="Address">Address by which the proxy reaches the container, <c>host:port</c>.</param>
/// <param name="Method"><c>running</c>, <c>started</c>, <c>created</c>, <c>pulled</c> or <c>loaded</c>.</param>
/// <param name="Seconds">Seconds from the call until traffic went to the container.</param>
/// <param name="HistoryPending">
/// Whether the history could not be written after the switch; writing is tried again.
/// </param>
public sealed record DeployResult(
    string Hash, string Revision, string Container, string Address, string Method, double Seconds, bool HistoryPending)
{
    /// <summary>Id of the guard's watch in <see cref="GuardView"/>; null if the switch is not watched.</summary>
    public string? Guard { get; init; }
}
