namespace WunderProxy.ManagerApi.Page;

/// <summary>What an application served in the last minute.</summary>
/// <param name="Rate">Requests per second.</param>
/// <param name="ErrorShare">The share of requests that failed, from 0 to 1; null without a request.</param>
/// <param name="P50">Median of the durations in seconds; null without a request.</param>
/// <param name="P99">99th percentile of the durations in seconds; null without a request.</param>
internal sealed record RecentTraffic(double Rate, double? ErrorShare, double? P50, double? P99);
