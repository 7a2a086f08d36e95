namespace WunderProxy.Deployments.Contracts;

/// <summary>An earlier upstream that still has exchanges or tunnels in flight.</summary>
/// <param name="Hash">SHA-256 hash of the launch config.</param>
/// <param name="Revision">The application's own name for what was deployed.</param>
/// <param name="Container">Full container id.</param>
/// <param name="InFlight">Number of exchanges and tunnels still in flight.</param>
/// <param name="Since">When the upstream stopped being current.</param>
public sealed record DrainView(string Hash, string Revision, string Container, int InFlight, DateTimeOffset Since);
