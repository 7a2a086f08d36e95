namespace WunderProxy.Deployments.Acme.Protocol;

/// <summary>Places an order (RFC 8555 section 7.4).</summary>
/// <param name="Identifiers">What the certificate is for.</param>
/// <param name="Replaces">The certificate that is replaced, by its <see cref="RenewalId"/> (RFC 9773 section 5); null for none.</param>
internal sealed record NewOrderRequest(IReadOnlyList<AcmeIdentifier> Identifiers, string? Replaces);
