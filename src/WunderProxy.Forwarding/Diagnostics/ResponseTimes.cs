namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>Quantiles of the time of a whole exchange, from the end of the request head to the end of the response, in seconds.</summary>
/// <param name="P50">Half of the exchanges took at most this long.</param>
/// <param name="P90">90% of the exchanges took at most this long.</param>
/// <param name="P99">99% of the exchanges took at most this long.</param>
/// <param name="P999">99.9% of the exchanges took at most this long.</param>
/// <param name="Max">The time of the longest exchange.</param>
public readonly record struct ResponseTimes(double P50, double P90, double P99, double P999, double Max)
{
    /// <summary>95% of the exchanges took at most this long; the switch guard compares this value.</summary>
    public double P95 { get; init; }
}
