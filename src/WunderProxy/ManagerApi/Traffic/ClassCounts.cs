using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.ManagerApi.Traffic;

/// <summary>Adds up responses by the class of their status, such as <c>2xx</c>.</summary>
internal static class ClassCounts
{
    /// <summary>Returns the responses by class, with keys such as <c>2xx</c>, without classes that have none.</summary>
    public static Dictionary<string, long> Of(TrafficTotals totals)
    {
        long[] counts = [totals.Status1xx, totals.Status2xx, totals.Status3xx, totals.Status4xx, totals.Status5xx];
        return counts.Index()
            .Where(item => item.Item > 0)
            .ToDictionary(item => $"{item.Index + 1}xx", item => item.Item, StringComparer.Ordinal);
    }
}
