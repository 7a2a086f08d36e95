namespace WunderProxy.Deployments.Acme.Protocol;

/// <summary>A successful answer of the server.</summary>
/// <param name="Body">The whole body.</param>
/// <param name="Location">URL of the account or order; null for none.</param>
/// <param name="RetryAfter">When to ask again; null if the server does not say.</param>
internal sealed record AcmeAnswer(byte[] Body, Uri? Location, TimeSpan? RetryAfter);
