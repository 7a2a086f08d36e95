namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>The exchanges of one minute that failed in the same way.</summary>
/// <param name="Minute">Start of the minute, UTC.</param>
/// <param name="Failure">How they failed.</param>
/// <param name="Count">Number of exchanges.</param>
public sealed record FailureCount(DateTimeOffset Minute, FailureKind Failure, long Count);
