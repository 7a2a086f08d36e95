using System.Globalization;
using System.Text;

namespace WunderProxy.ManagerApi;

/// <summary>Writes the Prometheus text exposition format, version 0.0.4.</summary>
internal sealed class PrometheusText
{
    private readonly StringBuilder _text = new();

    /// <summary>Begins a metric with its help and type lines.</summary>
    public PrometheusText Metric(string name, string type, string help)
    {
        _text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        return this;
    }

    /// <summary>Writes one sample of a metric, with its labels.</summary>
    public PrometheusText Sample(string name, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        _text.Append(name);
        for (var i = 0; i < labels.Length; i++)
        {
            _text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"");
            _text.Append(Escape(labels[i].Value)).Append('"');
        }

        _text.Append(labels.Length > 0 ? "} " : " ");
        _text.Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        return this;
    }

    /// <summary>Writes a metric with one sample and no labels.</summary>
    public PrometheusText Single(string name, string type, string help, double value) =>
        Metric(name, type, help).Sample(name, value);

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private static string Escape(string value) =>
        value.Replace("\\", @"\\").Replace("\"", "\\\"").Replace("\n", "\\n");
}
