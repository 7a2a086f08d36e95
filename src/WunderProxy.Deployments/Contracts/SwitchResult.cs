namespace WunderProxy.Deployments.Contracts;

/// <summary>Where traffic goes after a switch.</summary>
/// <param name="Hash">SHA-256 launch config hash.</param>
/// <param name="Revision">The application's own name for it.</param>
/// <param name="Container">Full container id.</param>
/// <param name="Address">Where the proxy reaches it, <c>host:port</c>.</param>
/// <param name="Port">Published port, else the container port.</param>
/// <param name="Changed">False when it was current already.</param>
public sealed record SwitchResult(
    string Hash, string Revision, string Container, string Address, int Port, bool Changed)
{
    /// <summary>The id of the guard's watch in <see cref="GuardView"/>; null when the switch is not watched.</summary>
    public string? Guard { get; init; }
}
