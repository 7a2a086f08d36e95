namespace WunderProxy.Fleet;

/// <summary>One manager in a <see cref="DeploymentSummary"/>.</summary>
/// <param name="Manager">The manager, as given by the user.</param>
/// <param name="Container">Full container id.</param>
/// <param name="Address">Address by which the manager's proxy reaches the container.</param>
/// <param name="Method"><c>running</c>, <c>started</c>, <c>created</c>, <c>pulled</c> or <c>loaded</c>.</param>
/// <param name="Seconds">Duration of the launch on this manager, in seconds.</param>
internal sealed record ManagerSummary(string Manager, string Container, string Address, string Method, double Seconds);
