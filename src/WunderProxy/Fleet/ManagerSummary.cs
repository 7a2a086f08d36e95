namespace WunderProxy.Fleet;

/// <summary>One manager in a <see cref="DeploymentSummary"/>.</summary>
/// <param name="Manager">As the user named it.</param>
/// <param name="Container">Full container id.</param>
/// <param name="Address">Where its proxy reaches the container.</param>
/// <param name="Method"><c>running</c>, <c>started</c>, <c>created</c>, <c>pulled</c> or <c>loaded</c>.</param>
/// <param name="Seconds">How long the launch took there.</param>
internal sealed record ManagerSummary(string Manager, string Container, string Address, string Method, double Seconds);
