using WunderProxy.Forwarding.Statistics;

namespace WunderProxy.ManagerApi.Traffic;

/// <summary>Adds up responses by the class of their status, such as <c>2xx</c>.</summary>
internal static class ClassCounts
{
    /// <summary>Returns the responses of some points by class, with keys such as <c>2xx</c>, without classes that have none.</summary>
    public static Dictionary<string, long> Of(IReadOnlyList<TrafficPoint> points)
    {
        long[] counts =
        [
            points.Sum(point => point.Status1xx),
            points.Sum(point => point.Status2xx),
            points.Sum(point => point.Status3xx),
            points.Sum(point => point.Status4xx),
            points.Sum(point => point.Status5xx),
        ];
        return counts.Index()
            .Where(item => item.Item > 0)
            .ToDictionary(item => $"{item.Index + 1}xx", item => item.Item, StringComparer.Ordinal);
    }
}
