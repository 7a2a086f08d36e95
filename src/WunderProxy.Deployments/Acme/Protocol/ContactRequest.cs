namespace WunderProxy.Deployments.Acme.Protocol;

/// <summary>Changes how the authority may reach the operator (RFC 8555 section 7.3.2).</summary>
/// <param name="Contact">The new addresses; empty for none.</param>
internal sealed record ContactRequest(IReadOnlyList<string> Contact);
