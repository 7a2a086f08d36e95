using WunderProxy.Deployments.Contracts;
using WunderProxy.Metrics;

namespace WunderProxy.ManagerApi.Collectors;

/// <summary>Turns the counts of the control plane into metrics.</summary>
internal static class TallyMetrics
{
    /// <summary>Returns a histogram with a point for each pair of kind and result.</summary>
    /// <param name="name">Name of the metric.</param>
    /// <param name="help">A sentence that says what is measured.</param>
    /// <param name="counts">The counts, all with the same bounds.</param>
    /// <param name="labelsOf">Returns the labels of a kind and a result.</param>
    public static MetricFamily Histogram(
        string name, string help, IReadOnlyList<DurationCounts> counts, Func<string, string, MetricLabel[]> labelsOf)
    {
        var family = new MetricFamily(name, MetricType.Histogram, help)
        {
            Bounds = counts.Count > 0 ? counts[0].Bounds : [],
        };
        foreach (var count in counts)
        {
            family.Add(new MetricPoint(labelsOf(count.Kind, count.Result), count.SumSeconds)
            {
                Buckets = count.Buckets,
                Count = count.Count,
            });
        }

        return family;
    }

    /// <summary>Returns a counter of the durations in a histogram.</summary>
    /// <inheritdoc cref="Histogram"/>
    public static MetricFamily Counter(
        string name, string help, IReadOnlyList<DurationCounts> counts, Func<string, string, MetricLabel[]> labelsOf) =>
        Counter(name, help, [.. counts.Select(count => new EventCount(count.Kind, count.Result, count.Count))], labelsOf);

    /// <summary>Returns a counter with a point for each pair of kind and result.</summary>
    /// <inheritdoc cref="Histogram"/>
    public static MetricFamily Counter(
        string name, string help, IReadOnlyList<EventCount> counts, Func<string, string, MetricLabel[]> labelsOf)
    {
        var family = MetricFamily.Counter(name, help);
        foreach (var count in counts)
        {
            family.Add(count.Count, labelsOf(count.Kind, count.Result));
        }

        return family;
    }
}
