namespace WunderProxy.Deployments.Contracts;

/// <summary>One bucket of durations: exchanges that took about equally long.</summary>
/// <param name="UpToSeconds">Upper bound of the bucket in seconds; the bounds are the same in every report.</param>
/// <param name="Count">Number of exchanges in the bucket.</param>
public readonly record struct TimeCount(double UpToSeconds, long Count);
