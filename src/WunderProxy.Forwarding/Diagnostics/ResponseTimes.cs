namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>Quantiles of the time of a whole exchange, from the end of the request head to the end of the response, in seconds.</summary>
/// <param name="P50">Half of them took no longer.</param>
/// <param name="P90">Nine of ten.</param>
/// <param name="P99">All but one in a hundred.</param>
/// <param name="P999">All but one in a thousand.</param>
/// <param name="Max">The longest.</param>
public readonly record struct ResponseTimes(double P50, double P90, double P99, double P999, double Max)
{
    /// <summary>All but one in twenty; what a guard compares.</summary>
    public double P95 { get; init; }
}
