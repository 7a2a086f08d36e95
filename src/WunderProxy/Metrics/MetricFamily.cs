using System.Diagnostics;

namespace WunderProxy.Metrics;

/// <summary>
/// A metric with all its points, as a snapshot. The name is the one of Prometheus, with the unit and <c>_total</c> in it;
/// the writers derive from it what the other formats want.
/// </summary>
/// <param name="name">The name: lower case, with underscores.</param>
/// <param name="type">What the values mean.</param>
/// <param name="help">A sentence for people who see the metric alone.</param>
internal sealed class MetricFamily(string name, MetricType type, string help)
{
    /// <summary>
    /// Most points of a family: what an operator configures, such as hosts, peers and certificates, decides their number,
    /// and a monitoring system must not pay for a mistake there. Further points are left out.
    /// </summary>
    public const int MaxPoints = 1000;

    private const string TotalSuffix = "_total";
    private const string InfoSuffix = "_info";

    private readonly List<MetricPoint> _points = [];

    /// <summary>The name, as Prometheus's text format has it.</summary>
    public string Name => name;

    /// <summary>Whether values are counters, gauges or histograms.</summary>
    public MetricType Type => type;

    /// <summary>A sentence that says what is measured.</summary>
    public string Help => help;

    /// <summary>The values and histograms added so far.</summary>
    public IReadOnlyList<MetricPoint> Points => _points;

    /// <summary>Upper bounds of a histogram's buckets, ascending, without the infinite one.</summary>
    public IReadOnlyList<double> Bounds { get; init; } = [];

    /// <summary>
    /// The name in OpenTelemetry's conventions; by default the own name with a dot for its first underscore, without unit
    /// and <c>_total</c>, which a receiver puts back.
    /// </summary>
    public string OpenTelemetryName
    {
        get => field ?? DefaultOpenTelemetryName();
        init;
    }

    /// <summary>The name without the suffix that its type demands, as OpenMetrics names families.</summary>
    public string BaseName => Type switch
    {
        MetricType.Counter => WithoutSuffix(TotalSuffix),
        MetricType.Info => WithoutSuffix(InfoSuffix),
        _ => name,
    };

    /// <summary>The unit: <c>seconds</c> or <c>bytes</c>, with which the base name ends; empty for a count.</summary>
    public string Unit =>
        BaseName.EndsWith("_seconds", StringComparison.Ordinal) ? "seconds"
        : BaseName.EndsWith("_bytes", StringComparison.Ordinal) ? "bytes"
        : string.Empty;

    /// <summary>Creates a family of values that may rise and fall.</summary>
    public static MetricFamily Gauge(string name, string help) => new(name, MetricType.Gauge, help);

    /// <summary>Creates a counter, whose name ends with <c>_total</c>.</summary>
    public static MetricFamily Counter(string name, string help) => new(name, MetricType.Counter, help);

    /// <summary>Creates a metric of facts, whose name ends with <c>_info</c>.</summary>
    public static MetricFamily Info(string name, string help) => new(name, MetricType.Info, help);

    /// <summary>Adds one value under its labels.</summary>
    public MetricFamily Add(double value, params ReadOnlySpan<MetricLabel> labels) =>
        Add(new MetricPoint([.. labels], value));

    /// <summary>Adds a point of a histogram, with its labels.</summary>
    public MetricFamily Add(MetricPoint point)
    {
        Debug.Assert(
            type != MetricType.Histogram || point.Buckets.Count == Bounds.Count + 1,
            "A histogram has a bucket for each bound and one above them.");
        if (_points.Count < MaxPoints)
        {
            _points.Add(point);
        }

        return this;
    }

    private string DefaultOpenTelemetryName()
    {
        var unit = Unit;
        var bare = unit.Length > 0 ? BaseName[..^(unit.Length + 1)] : Type == MetricType.Info ? name : BaseName;
        var first = bare.IndexOf('_', StringComparison.Ordinal);
        return first < 0 ? bare : string.Concat(bare.AsSpan(0, first), ".", bare.AsSpan(first + 1));
    }

    private string WithoutSuffix(string suffix)
    {
        Debug.Assert(name.EndsWith(suffix, StringComparison.Ordinal), "The type demands the suffix.");
        return name[..^suffix.Length];
    }
}
