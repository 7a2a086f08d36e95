using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.ManagerApi.Collectors;

/// <summary>The counters that only metrics tell of.</summary>
/// <param name="Unrouted">Requests that were for no application.</param>
/// <param name="Application">The application.</param>
/// <param name="Active">Requests whose exchange has begun and not ended.</param>
/// <param name="Revisions">The revisions in service, draining, or out of service for less than an hour.</param>
internal sealed record TrafficFacts(
    TrafficCounters Unrouted,
    TrafficCounters Application,
    IReadOnlyList<ActiveRequests> Active,
    IReadOnlyList<RevisionCounters> Revisions)
{
    /// <summary>Decides which sets of labels are told apart: the same object at each reading.</summary>
    public LabelBound Labels { get; init; } = new();
}
