namespace WunderProxy.Deployments.Contracts;

/// <summary>A container that runs and is healthy.</summary>
/// <param name="Hash">SHA-256 launch config hash.</param>
/// <param name="Revision">The application's own name for it.</param>
/// <param name="Container">Full container id.</param>
/// <param name="Address">Where the proxy reaches it, <c>host:port</c>.</param>
/// <param name="Port">Published port, else the container port.</param>
/// <param name="Method"><c>running</c>, <c>started</c>, <c>created</c>, <c>pulled</c> or <c>loaded</c>.</param>
/// <param name="Seconds">From the call until healthy.</param>
public sealed record LaunchResult(
    string Hash, string Revision, string Container, string Address, int Port, string Method, double Seconds);
