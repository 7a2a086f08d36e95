namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>How many exchanges took about as long.</summary>
/// <param name="UpToSeconds">None of them took longer; at most 6% above the shortest.</param>
/// <param name="Count">How many, at least 1.</param>
public readonly record struct ResponseTimeCount(double UpToSeconds, long Count);
