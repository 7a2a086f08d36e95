namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>Responses that ended within one minute, by class.</summary>
/// <param name="At">Start of the minute, UTC.</param>
/// <param name="Classes">Keys such as <c>2xx</c>; only those that occurred.</param>
public sealed record StatusMinute(DateTimeOffset At, IReadOnlyDictionary<string, long> Classes);
