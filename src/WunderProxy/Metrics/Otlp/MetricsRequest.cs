namespace WunderProxy.Metrics.Otlp;

/// <summary>
/// Writes the message <c>ExportMetricsServiceRequest</c> of OTLP 1.x. Numbers of fields are those of
/// opentelemetry-proto, <c>metrics/v1</c>, <c>common/v1</c> and <c>resource/v1</c>.
/// </summary>
internal sealed class MetricsRequest
{
    private const string Scope = "wunderproxy";
    private const int Cumulative = 2;

    // Prometheus's labels have underscores where the conventions have dots.
    private static readonly Dictionary<string, string> AttributeNames = new(StringComparer.Ordinal)
    {
        ["http_request_method"] = "http.request.method",
        ["http_response_status_code"] = "http.response.status_code",
        ["url_scheme"] = "url.scheme",
        ["network_protocol_version"] = "network.protocol.version",
        ["error_type"] = "error.type",
        ["app"] = "wunderproxy.app",
        ["revision"] = "wunderproxy.revision",
    };

    private readonly ProtobufWriter _writer = new();
    private readonly ulong _startedAt;
    private readonly ulong _now;

    private MetricsRequest(DateTimeOffset startedAt, DateTimeOffset now)
    {
        _startedAt = Nanoseconds(startedAt);
        _now = Nanoseconds(now);
    }

    /// <summary>Returns the message with all families; one without a point is left out.</summary>
    /// <param name="families">The families.</param>
    /// <param name="source">Who sends them.</param>
    /// <param name="now">When the families were read.</param>
    public static ReadOnlyMemory<byte> Write(IEnumerable<MetricFamily> families, MetricsSource source, DateTimeOffset now)
    {
        var request = new MetricsRequest(source.StartedAt, now);
        request.Write(families, source);
        return request._writer.Written;
    }

    private static ulong Nanoseconds(DateTimeOffset time) => (ulong)(time - DateTimeOffset.UnixEpoch).Ticks * 100;

    private void Write(IEnumerable<MetricFamily> families, MetricsSource source)
    {
        var resourceMetrics = _writer.Begin(1);
        var resource = _writer.Begin(1);
        foreach (var (key, value) in source.Attributes)
        {
            Attribute(1, key, value);
        }

        _writer.End(resource);
        var scopeMetrics = _writer.Begin(2);
        var scope = _writer.Begin(1);
        _writer.Text(1, Scope);
        _writer.Text(2, source.Version);
        _writer.End(scope);
        foreach (var family in families.Where(family => family.Points.Count > 0))
        {
            Metric(family);
        }

        _writer.End(scopeMetrics);
        _writer.End(resourceMetrics);
    }

    private void Metric(MetricFamily family)
    {
        var metric = _writer.Begin(2);
        _writer.Text(1, family.OpenTelemetryName);
        _writer.Text(2, family.Help);
        _writer.Text(3, family.Unit switch
        {
            "seconds" => "s",
            "bytes" => "By",
            _ => string.Empty,
        });
        switch (family.Type)
        {
            case MetricType.Counter:
                Data(7, family, Number, isCumulative: true);
                break;
            case MetricType.Histogram:
                Data(9, family, Histogram, isCumulative: true);
                break;
            case MetricType.Summary:
                Data(11, family, Summary, isCumulative: false);
                break;
            default:
                Data(5, family, Number, isCumulative: false);
                break;
        }

        _writer.End(metric);
    }

    private void Data(int field, MetricFamily family, Action<MetricFamily, MetricPoint> write, bool isCumulative)
    {
        var data = _writer.Begin(field);
        foreach (var point in family.Points)
        {
            var start = _writer.Begin(1);
            if (family.Type is not (MetricType.Gauge or MetricType.Info))
            {
                _writer.Eight(2, _startedAt);
            }

            _writer.Eight(3, _now);
            write(family, point);
            _writer.End(start);
        }

        if (isCumulative)
        {
            _writer.Value(2, Cumulative);
        }

        if (family.Type == MetricType.Counter)
        {
            _writer.Value(3, 1);
        }

        _writer.End(data);
    }

    private void Number(MetricFamily family, MetricPoint point)
    {
        _writer.Double(4, point.Value);
        Attributes(7, point);
    }

    private void Histogram(MetricFamily family, MetricPoint point)
    {
        _writer.Eight(4, (ulong)point.Buckets.Sum());
        _writer.Double(5, point.Value);
        _writer.Packed(6, [.. point.Buckets.Select(count => (ulong)count)]);
        _writer.Packed(7, [.. family.Bounds.Select(BitConverter.DoubleToUInt64Bits)]);
        Attributes(9, point);
    }

    private void Summary(MetricFamily family, MetricPoint point)
    {
        _writer.Eight(4, (ulong)point.Count);
        _writer.Double(5, point.Value);
        foreach (var (share, value) in point.Quantiles)
        {
            var quantile = _writer.Begin(6);
            _writer.Double(1, share);
            _writer.Double(2, value);
            _writer.End(quantile);
        }

        Attributes(7, point);
    }

    private void Attributes(int field, MetricPoint point)
    {
        // An empty label counts as absent in Prometheus, where all points of a metric have the same ones.
        foreach (var label in point.Labels.Where(label => label.Value.Length > 0))
        {
            Attribute(field, AttributeNames.GetValueOrDefault(label.Name, label.Name), label.Value);
        }
    }

    private void Attribute(int field, string key, string value)
    {
        var attribute = _writer.Begin(field);
        _writer.Text(1, key);
        var any = _writer.Begin(2);
        _writer.TextAlways(1, value);
        _writer.End(any);
        _writer.End(attribute);
    }
}
