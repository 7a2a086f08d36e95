namespace WunderProxy.Metrics;

/// <summary>The text formats of metrics that a scraper may ask for.</summary>
internal enum TextFormat
{
    /// <summary>Prometheus's text exposition format, version 0.0.4.</summary>
    Prometheus,

    /// <summary>OpenMetrics, version 1.0.</summary>
    OpenMetrics,
}
