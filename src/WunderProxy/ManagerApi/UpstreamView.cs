namespace WunderProxy.ManagerApi;

/// <summary>The current upstream in <c>/status</c>.</summary>
/// <param name="Address">Where the proxy connects to.</param>
/// <param name="Container">Full container id; empty for <c>forward</c>.</param>
/// <param name="Hash">SHA-256 launch config hash; empty for <c>forward</c>.</param>
/// <param name="Revision">The application's own name for it; empty for <c>forward</c>.</param>
/// <param name="Since">When it was switched to.</param>
/// <param name="Health"><c>healthy</c>, <c>unhealthy</c> or <c>unknown</c>.</param>
/// <param name="HealthReason">Why it is unhealthy; null when it is not.</param>
internal sealed record UpstreamView(
    string Address,
    string Container,
    string Hash,
    string Revision,
    DateTimeOffset Since,
    string Health,
    string? HealthReason = null);
