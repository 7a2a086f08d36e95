namespace WunderProxy.Deployments.Contracts;

/// <summary>The outcome of a launch: a container that runs and is healthy.</summary>
/// <param name="Hash">SHA-256 hash of the launch config.</param>
/// <param name="Revision">The application's own name for what is deployed.</param>
/// <param name="Container">Full container id.</param>
/// <param name="Address">Address by which the proxy reaches the container, <c>host:port</c>.</param>
/// <param name="Port">The published port, else the container port.</param>
/// <param name="Method"><c>running</c>, <c>started</c>, <c>created</c>, <c>pulled</c> or <c>loaded</c>.</param>
/// <param name="Seconds">Seconds from the call until the container was healthy.</param>
public sealed record LaunchResult(
    string Hash, string Revision, string Container, string Address, int Port, string Method, double Seconds);
