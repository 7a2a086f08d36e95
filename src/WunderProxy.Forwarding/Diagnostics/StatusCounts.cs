namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>The number of responses by status.</summary>
/// <param name="Classes">
/// Responses by class, with keys such as <c>2xx</c>; classes without a response are absent.
/// </param>
/// <param name="Codes">Responses by exact status; statuses without a response are absent.</param>
/// <param name="Minutes">Responses of each of the last 60 minutes in which an exchange ended, oldest first; empty unless read from series.</param>
public sealed record StatusCounts(
    IReadOnlyDictionary<string, long> Classes,
    IReadOnlyDictionary<int, long> Codes,
    IReadOnlyList<StatusMinute> Minutes)
{
    /// <summary>Number of status classes, 0xx to 9xx.</summary>
    internal const int MaxClasses = 10;
}
