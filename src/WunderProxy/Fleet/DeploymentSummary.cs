namespace WunderProxy.Fleet;

/// <summary>What a deploy or rollback command did, as <c>--json</c> prints it.</summary>
/// <param name="Action"><c>deployed</c> or <c>rolled back to</c>.</param>
/// <param name="Hash">The launch config's hash.</param>
/// <param name="Revision">Its revision.</param>
/// <param name="Managers">Where it is in service.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record DeploymentSummary(
    string Action, string Hash, string Revision, IReadOnlyList<ManagerSummary> Managers, double Seconds);
