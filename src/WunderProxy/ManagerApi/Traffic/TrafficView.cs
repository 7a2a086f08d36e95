using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.ManagerApi.Traffic;

/// <summary>What the series tell of an application, read once a second at most.</summary>
/// <param name="Windows">What happened to all requests for the application.</param>
/// <param name="Seconds">The last minute, second by second.</param>
/// <param name="Revisions">What happened by revision, the one in service first.</param>
/// <param name="Minutes">The minutes of the last hour in which the upstream in service answered, oldest first.</param>
internal sealed record TrafficView(
    WindowsView Windows,
    SecondsView Seconds,
    IReadOnlyList<RevisionView> Revisions,
    IReadOnlyList<StatusMinute> Minutes);
