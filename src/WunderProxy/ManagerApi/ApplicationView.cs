using System.Text.Json.Serialization;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.ManagerApi.Traffic;

namespace WunderProxy.ManagerApi;

/// <summary>One application in <c>/status</c>.</summary>
internal sealed record ApplicationView
{
    /// <summary>Name of the application; empty for <c>forward</c>.</summary>
    public required string App { get; init; }

    /// <summary><c>serving</c>, <c>paused</c>, <c>starting</c>, <c>draining</c> or <c>unavailable</c>.</summary>
    public required string Status { get; init; }

    /// <summary>The upstream in service; null if there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public UpstreamView? Upstream { get; init; }

    /// <summary>Number of requests of the application since the process started, over all revisions.</summary>
    public required long Requests { get; init; }

    /// <summary>Number of responses by class since the process started, over all revisions.</summary>
    public required IReadOnlyDictionary<string, long> Classes { get; init; }

    /// <summary>Number of responses by status since the process started, over all revisions.</summary>
    public required IReadOnlyDictionary<int, long> Codes { get; init; }

    /// <summary>Bytes received and sent since the process started, over all revisions.</summary>
    public required ByteCounts Bytes { get; init; }

    /// <summary>Requests whose exchange has begun and not ended, by method and scheme.</summary>
    public required IReadOnlyList<ActiveRequests> Active { get; init; }

    /// <summary>Number of requests that wait for the end of a pause.</summary>
    public required int Waiting { get; init; }

    /// <summary>What happened until now, over all revisions.</summary>
    public WindowsView? Windows { get; init; }

    /// <summary>The last minute, second by second.</summary>
    public SecondsView? Seconds { get; init; }

    /// <summary>What happened by revision, the one in service first.</summary>
    public IReadOnlyList<RevisionView> Revisions { get; init; } = [];

    /// <summary>Earlier upstreams that still have exchanges or tunnels.</summary>
    public required IReadOnlyList<DrainView> Draining { get; init; }

    /// <summary>The changing operation in progress; null if there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public OperationView? Operation { get; init; }

    /// <summary>The latest watch of a guarded switch, with its verdict; left out if there was none.</summary>
    public GuardView? Guard { get; init; }
}
