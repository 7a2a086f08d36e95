namespace WunderProxy.Deployments.Contracts;

/// <summary>The certificate of one host.</summary>
/// <param name="Host">The name that the certificate is for.</param>
/// <param name="ValidUntil">End of the validity of the certificate in use; null if there is none.</param>
/// <param name="NextTry">When the certificate is ordered or renewed next.</param>
/// <param name="Failures">Number of orders that failed since the last success.</param>
/// <param name="LastError">Why the last order failed, in the server's words; null if it did not.</param>
public sealed record OrderedCertificateView(
    string Host, DateTimeOffset? ValidUntil, DateTimeOffset? NextTry, int Failures, string? LastError)
{
    /// <summary>Why the last order failed, without words of the server.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string? PublicError { get; init; }
}
