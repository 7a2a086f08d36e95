namespace WunderProxy.Metrics;

/// <summary>What the values of a metric mean.</summary>
internal enum MetricType
{
    /// <summary>A value that goes up and down.</summary>
    Gauge,

    /// <summary>A count since the start of the process, whose name ends with <c>_total</c>.</summary>
    Counter,

    /// <summary>
    /// The value 1, which carries facts in its labels and whose name ends with <c>_info</c>; Prometheus's older format has
    /// it as a gauge.
    /// </summary>
    Info,

    /// <summary>Counts of values by upper bounds, which can be summed over instances.</summary>
    Histogram,

    /// <summary>Quantiles of one instance, with sum and count.</summary>
    Summary,
}
