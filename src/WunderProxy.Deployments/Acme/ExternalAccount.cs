namespace WunderProxy.Deployments.Acme;

/// <summary>The credentials of an account at the certificate authority, for authorities that demand one (RFC 8555 section 7.3.4).</summary>
/// <param name="KeyId">The identifier that the authority gave out.</param>
/// <param name="Key">The HMAC key that the authority gave out, decoded.</param>
public sealed record ExternalAccount(string KeyId, ReadOnlyMemory<byte> Key);
