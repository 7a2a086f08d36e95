namespace WunderProxy.Metrics.Otlp;

/// <summary>What came of one request to a receiver.</summary>
/// <param name="Problem">Why the data was not taken, or not whole; null if it was.</param>
/// <param name="MayRetry">Whether the receiver may take it later.</param>
/// <param name="RetryAfter">How long the receiver wants not to be asked; null if it did not say.</param>
internal sealed record OtlpOutcome(string? Problem, bool MayRetry, TimeSpan? RetryAfter)
{
    /// <summary>The receiver took everything.</summary>
    public static OtlpOutcome Delivered { get; } = new(null, MayRetry: false, RetryAfter: null);
}
