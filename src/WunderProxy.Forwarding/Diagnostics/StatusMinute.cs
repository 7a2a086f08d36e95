namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>Responses that ended within one minute, by class.</summary>
/// <param name="At">Start of the minute, UTC.</param>
/// <param name="Classes">
/// Responses by class, with keys such as <c>2xx</c>; classes without a response are absent.
/// </param>
public sealed record StatusMinute(DateTimeOffset At, IReadOnlyDictionary<string, long> Classes);
