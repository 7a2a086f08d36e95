namespace WunderProxy.Deployments.Acme.Protocol;

/// <summary>Hands in the signing request (RFC 8555 section 7.4).</summary>
/// <param name="Csr">The request of PKCS #10 in DER, in base64url.</param>
internal sealed record FinalizeRequest(string Csr);
