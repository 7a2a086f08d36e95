namespace WunderProxy.Metrics;

/// <summary>One value of a metric, or one histogram or summary.</summary>
/// <param name="Labels">The labels of the point, in the order in which they are written.</param>
/// <param name="Value">The value; the sum of all counted values if the point is a histogram or a summary.</param>
internal sealed record MetricPoint(IReadOnlyList<MetricLabel> Labels, double Value)
{
    /// <summary>Number of counted values of a histogram or a summary.</summary>
    public long Count { get; init; }

    /// <summary>
    /// Number of values in each bucket of a histogram, not cumulative; one more than the family has bounds, the last for
    /// values above all of them.
    /// </summary>
    public IReadOnlyList<long> Buckets { get; init; } = [];

    /// <summary>The quantiles of a summary, each with its share from 0 to 1.</summary>
    public IReadOnlyList<(double Share, double Value)> Quantiles { get; init; } = [];
}
