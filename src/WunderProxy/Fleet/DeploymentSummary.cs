namespace WunderProxy.Fleet;

/// <summary>The result of a deploy or rollback command, as printed by <c>--json</c>.</summary>
/// <param name="Action"><c>deployed</c> or <c>rolled back to</c>.</param>
/// <param name="Hash">SHA-256 hash of the launch config.</param>
/// <param name="Revision">Revision of the launch config.</param>
/// <param name="Managers">The managers on which the launch config is in service.</param>
/// <param name="Seconds">Duration of the command in seconds.</param>
internal sealed record DeploymentSummary(
    string Action, string Hash, string Revision, IReadOnlyList<ManagerSummary> Managers, double Seconds);
