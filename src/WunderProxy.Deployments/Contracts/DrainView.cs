namespace WunderProxy.Deployments.Contracts;

/// <summary>An earlier upstream that still has something in flight.</summary>
/// <param name="Hash">SHA-256 launch config hash.</param>
/// <param name="Revision">The application's own name for it.</param>
/// <param name="Container">Full container id.</param>
/// <param name="InFlight">Exchanges and tunnels still on it.</param>
/// <param name="Since">When it stopped being current.</param>
public sealed record DrainView(string Hash, string Revision, string Container, int InFlight, DateTimeOffset Since);
