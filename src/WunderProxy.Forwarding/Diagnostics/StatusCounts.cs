namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>Responses by status.</summary>
/// <param name="Classes">Keys such as <c>2xx</c>; only those that occurred.</param>
/// <param name="Codes">By exact status; only those that occurred.</param>
/// <param name="Minutes">Those of the last 60 minutes in which something ended, oldest first.</param>
public sealed record StatusCounts(
    IReadOnlyDictionary<string, long> Classes,
    IReadOnlyDictionary<int, long> Codes,
    IReadOnlyList<StatusMinute> Minutes);
