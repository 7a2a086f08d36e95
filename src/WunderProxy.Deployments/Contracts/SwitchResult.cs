namespace WunderProxy.Deployments.Contracts;

/// <summary>The outcome of a switch: where traffic goes now.</summary>
/// <param name="Hash">SHA-256 hash of the launch config.</param>
/// <param name="Revision">The application's own name for what is deployed.</param>
/// <param name="Container">Full container id.</param>
/// <param name="Address">Address by which the proxy reaches the container, <c>host:port</c>.</param>
/// <param name="Port">The published port, else the container port.</param>
/// <param name="Changed">False if the container was already current.</param>
public sealed record SwitchResult(
    string Hash, string Revision, string Container, string Address, int Port, bool Changed)
{
    /// <summary>Id of the guard's watch in <see cref="GuardView"/>; null if the switch is not watched.</summary>
    public string? Guard { get; init; }
}
