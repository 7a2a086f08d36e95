using System.Globalization;
using System.Text;

namespace WunderProxy.Metrics;

/// <summary>
/// Writes metrics in Prometheus's text exposition format 0.0.4 or in OpenMetrics 1.0. The two differ in how they name
/// families, in units, in escapes of help texts, and in the last line. Numbers and labels are the same, so that a scraper
/// that changes between the formats continues its series.
/// </summary>
internal sealed class MetricText
{
    private readonly StringBuilder _text = new();
    private readonly TextFormat _format;

    private MetricText(TextFormat format) => _format = format;

    private bool IsOpenMetrics => _format == TextFormat.OpenMetrics;

    /// <summary>Returns all families as text in UTF-8; a family without a point is left out.</summary>
    public static byte[] Write(IEnumerable<MetricFamily> families, TextFormat format)
    {
        var text = new MetricText(format);
        foreach (var family in families.Where(family => family.Points.Count > 0))
        {
            text.Write(family);
        }

        if (format == TextFormat.OpenMetrics)
        {
            text._text.Append("# EOF\n");
        }

        // A lone surrogate, which no valid text has, becomes the replacement character.
        return Encoding.UTF8.GetBytes(text._text.ToString());
    }

    private static string TypeOf(MetricFamily family, bool isOpenMetrics) => family.Type switch
    {
        MetricType.Counter => "counter",
        MetricType.Histogram => "histogram",
        MetricType.Summary => "summary",
        MetricType.Info when isOpenMetrics => "info",
        _ => "gauge",
    };

    /// <summary>Returns a number that both formats read; bounds and quantiles have a decimal point, as OpenMetrics asks.</summary>
    private static string NumberOf(double value) =>
        double.IsNaN(value) ? "NaN"
        : double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : value.ToString("R", CultureInfo.InvariantCulture);

    private static string BoundOf(double value)
    {
        var text = NumberOf(value);
        return text.AsSpan().IndexOfAny(".EIN") < 0 ? text + ".0" : text;
    }

    private void Write(MetricFamily family)
    {
        WriteHead(family);
        foreach (var point in family.Points)
        {
            switch (family.Type)
            {
                case MetricType.Histogram:
                    WriteHistogram(family, point);
                    break;
                case MetricType.Summary:
                    WriteSummary(family.Name, point);
                    break;
                default:
                    Sample(family.Name, string.Empty, point.Labels, default, NumberOf(point.Value));
                    break;
            }
        }
    }

    private void WriteHead(MetricFamily family)
    {
        var name = IsOpenMetrics ? family.BaseName : family.Name;
        _text.Append("# HELP ").Append(name).Append(' ');
        Escape(family.Help, withQuotes: IsOpenMetrics);
        _text.Append("\n# TYPE ").Append(name).Append(' ').Append(TypeOf(family, IsOpenMetrics)).Append('\n');
        if (IsOpenMetrics && family.Unit.Length > 0 && family.Type != MetricType.Info)
        {
            _text.Append("# UNIT ").Append(name).Append(' ').Append(family.Unit).Append('\n');
        }
    }

    private void WriteHistogram(MetricFamily family, MetricPoint point)
    {
        long below = 0;
        for (var i = 0; i < point.Buckets.Count; i++)
        {
            below += point.Buckets[i];
            var bound = i < family.Bounds.Count ? BoundOf(family.Bounds[i]) : "+Inf";
            Sample(family.Name, "_bucket", point.Labels, new("le", bound), NumberOf(below));
        }

        Sample(family.Name, "_sum", point.Labels, default, NumberOf(point.Value));

        // The buckets decide: a count that was read at another moment would make the histogram invalid.
        Sample(family.Name, "_count", point.Labels, default, NumberOf(below));
    }

    private void WriteSummary(string name, MetricPoint point)
    {
        foreach (var (share, value) in point.Quantiles)
        {
            Sample(name, string.Empty, point.Labels, new("quantile", BoundOf(share)), NumberOf(value));
        }

        Sample(name, "_sum", point.Labels, default, NumberOf(point.Value));
        Sample(name, "_count", point.Labels, default, NumberOf(point.Count));
    }

    private void Sample(string name, string suffix, IReadOnlyList<MetricLabel> labels, MetricLabel last, string value)
    {
        _text.Append(name).Append(suffix);
        var separator = '{';
        foreach (var label in labels)
        {
            Label(label, ref separator);
        }

        if (last.Name is not null)
        {
            Label(last, ref separator);
        }

        _text.Append(separator == '{' ? " " : "} ").Append(value).Append('\n');
    }

    private void Label(MetricLabel label, ref char separator)
    {
        _text.Append(separator).Append(label.Name).Append("=\"");
        Escape(label.Value, withQuotes: true);
        _text.Append('"');
        separator = ',';
    }

    private void Escape(string text, bool withQuotes)
    {
        foreach (var letter in text)
        {
            _ = letter switch
            {
                '\\' => _text.Append(@"\\"),
                '\n' => _text.Append("\\n"),
                '"' when withQuotes => _text.Append("\\\""),
                _ => _text.Append(letter),
            };
        }
    }
}
