namespace WunderProxy.ManagerApi;

/// <summary>The current upstream in <c>/status</c>.</summary>
/// <param name="Address">The address to which the proxy connects.</param>
/// <param name="Container">Full container id; empty for <c>forward</c>.</param>
/// <param name="Hash">SHA-256 hash of the launch config; empty for <c>forward</c>.</param>
/// <param name="Revision">The application's own name for what is deployed; empty for <c>forward</c>.</param>
/// <param name="Since">When traffic was switched to the upstream.</param>
/// <param name="Health"><c>healthy</c>, <c>unhealthy</c> or <c>unknown</c>.</param>
/// <param name="HealthReason">Why the upstream is unhealthy; null if it is not.</param>
internal sealed record UpstreamView(
    string Address,
    string Container,
    string Hash,
    string Revision,
    DateTimeOffset Since,
    string Health,
    string? HealthReason = null);
