using WunderProxy.Deployments.Contracts;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.ManagerApi.Collectors;

/// <summary>Facts that only metrics tell: counters of both planes, and the space of volumes.</summary>
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
    /// <summary>Counters of the control plane; null for <c>forward</c>.</summary>
    public LifecycleCounts? Lifecycle { get; init; }

    /// <summary>How often traffic was given to another upstream since the process started; null for <c>forward</c>.</summary>
    public long? Epoch { get; init; }

    /// <summary>The folders that the process writes to, with the free space of their volumes.</summary>
    public IReadOnlyList<VolumeSpace> Volumes { get; init; } = [];

    /// <summary>Decides which sets of labels are told apart: the same object at each reading.</summary>
    public LabelBound Labels { get; init; } = new();
}
