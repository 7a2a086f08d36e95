namespace WunderProxy.Deployments.Acme.Protocol;

/// <summary>What a certificate is for (RFC 8555 section 7.1.3).</summary>
/// <param name="Type">Kind of the identifier: <c>dns</c>.</param>
/// <param name="Value">The name.</param>
internal sealed record AcmeIdentifier(string? Type, string? Value);
