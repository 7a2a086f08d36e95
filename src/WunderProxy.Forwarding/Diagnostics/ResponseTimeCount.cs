namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>One bucket of response times: exchanges that took about equally long.</summary>
/// <param name="UpToSeconds">Upper bound of the bucket in seconds; at most 3.2% above its lower bound.</param>
/// <param name="Count">Number of exchanges in the bucket, at least 1.</param>
public readonly record struct ResponseTimeCount(double UpToSeconds, long Count);
