namespace WunderProxy.Metrics;

/// <summary>A name and a value that tell the points of one metric apart.</summary>
/// <param name="Name">The name, in lower case with underscores.</param>
/// <param name="Value">The value, of which there is a bounded number.</param>
internal readonly record struct MetricLabel(string Name, string Value);
