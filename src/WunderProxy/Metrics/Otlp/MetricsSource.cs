namespace WunderProxy.Metrics.Otlp;

/// <summary>Who sends metrics, and since when their counters count.</summary>
/// <param name="Attributes">Attributes of the resource, such as <c>service.name</c>.</param>
/// <param name="Version">Version of this program.</param>
/// <param name="StartedAt">When the process started.</param>
internal sealed record MetricsSource(
    IReadOnlyList<KeyValuePair<string, string>> Attributes, string Version, DateTimeOffset StartedAt);
