using System.Globalization;

namespace WunderProxy.Metrics;

/// <summary>Chooses the text format that a scraper prefers.</summary>
internal static class TextFormats
{
    private const string OpenMetricsType = "application/openmetrics-text";
    private const string PlainType = "text/plain";

    /// <summary>Returns the media type of the format, with its version.</summary>
    public static string ContentTypeOf(TextFormat format) => format == TextFormat.OpenMetrics
        ? OpenMetricsType + "; version=1.0.0; charset=utf-8"
        : PlainType + "; version=0.0.4; charset=utf-8";

    /// <summary>
    /// Chooses by an <c>Accept</c> field (RFC 9110 section 12.5.1). OpenMetrics has to be named: a caller that accepts anything,
    /// or names both with equal weight of which <c>text/plain</c> comes first, gets the older format.
    /// </summary>
    /// <param name="accept">The value of the field; null if it is absent.</param>
    public static TextFormat Choose(string? accept)
    {
        var best = TextFormat.Prometheus;
        var bestWeight = 0.0;
        foreach (var range in (accept ?? string.Empty).Split(','))
        {
            if (FormatOf(range) is { } format && WeightOf(range) is var weight && weight > bestWeight)
            {
                best = format;
                bestWeight = weight;
            }
        }

        return best;
    }

    private static TextFormat? FormatOf(string range)
    {
        var parts = range.Split(';', StringSplitOptions.TrimEntries);
        return parts[0].ToLowerInvariant() switch
        {
            OpenMetricsType when IsSpoken(parts) => TextFormat.OpenMetrics,
            PlainType or "text/*" or "*/*" => TextFormat.Prometheus,
            _ => null,
        };
    }

    private static bool IsSpoken(string[] parts) =>
        !parts.Any(part => part.StartsWith("version=", StringComparison.OrdinalIgnoreCase))
        || parts.Contains("version=1.0.0", StringComparer.OrdinalIgnoreCase);

    private static double WeightOf(string range)
    {
        var weight = range.Split(';', StringSplitOptions.TrimEntries)
            .FirstOrDefault(part => part.StartsWith("q=", StringComparison.OrdinalIgnoreCase));
        return weight is null ? 1
            : double.TryParse(weight.AsSpan(2), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? value
            : 0;
    }
}
