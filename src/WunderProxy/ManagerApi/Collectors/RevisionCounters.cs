using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.ManagerApi.Collectors;

/// <summary>What metrics tell of one revision.</summary>
/// <param name="Revision">The application's own name for what was deployed; empty for a fixed upstream.</param>
/// <param name="Durations">Durations of requests, from the complete head to the end of the response.</param>
/// <param name="UpstreamHead">Seconds until the upstream had sent the head of its response.</param>
/// <param name="UpstreamEnd">Seconds until the upstream had sent the whole response.</param>
internal sealed record RevisionCounters(
    string Revision, RequestDurations Durations, BucketHistogram UpstreamHead, BucketHistogram UpstreamEnd)
{
    /// <summary>The connections to all upstreams of the revision at present.</summary>
    public UpstreamConnectionCounts Connections { get; init; }

    /// <summary>Returns what is known of one revision from all its upstreams, at least one.</summary>
    public static RevisionCounters Merge(IReadOnlyList<RevisionCounters> parts) => new(
        parts[0].Revision,
        RequestDurations.Merge(parts.Select(part => part.Durations)),
        BucketHistogram.Merge([.. parts.Select(part => part.UpstreamHead)]),
        BucketHistogram.Merge([.. parts.Select(part => part.UpstreamEnd)]))
    {
        Connections = parts.Select(part => part.Connections).Aggregate(UpstreamConnectionCounts.Add),
    };
}
