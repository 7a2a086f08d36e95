namespace WunderProxy.ManagerApi.Page;

/// <summary>What one revision served during one step of the time axis.</summary>
/// <param name="At">End of the step.</param>
/// <param name="Seconds">Length of the step in seconds.</param>
/// <param name="Requests">Number of requests that ended.</param>
/// <param name="Errors">Number of requests among them that failed: answers of class 5xx.</param>
/// <param name="P50">Median of the durations in seconds; null without a request.</param>
/// <param name="P99">99th percentile of the durations in seconds; null without a request.</param>
internal readonly record struct SeriesPoint(
    DateTimeOffset At, double Seconds, long Requests, long Errors, double? P50, double? P99)
{
    /// <summary>Requests per second; 0 for a step without a length.</summary>
    public double Rate => Seconds > 0 ? Requests / Seconds : 0;

    /// <summary>The share of requests that failed, from 0 to 1; null without a request.</summary>
    public double? ErrorShare => Requests > 0 ? (double)Errors / Requests : null;
}
