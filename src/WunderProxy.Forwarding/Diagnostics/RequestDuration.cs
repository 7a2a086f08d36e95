namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>How long the requests with the same labels took.</summary>
/// <param name="Labels">What they have in common.</param>
/// <param name="Seconds">Their durations in seconds, from the complete head to the end of the response.</param>
public sealed record RequestDuration(RequestLabels Labels, BucketHistogram Seconds);
