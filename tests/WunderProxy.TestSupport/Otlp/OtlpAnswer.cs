namespace WunderProxy.TestSupport.Otlp;

/// <summary>What a receiver answers.</summary>
/// <param name="Status">The status code.</param>
/// <param name="RetryAfter">The value of <c>Retry-After</c>; null for none.</param>
public sealed record OtlpAnswer(int Status, string? RetryAfter = null);
