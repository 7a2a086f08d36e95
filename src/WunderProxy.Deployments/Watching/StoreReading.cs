using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Records;

namespace WunderProxy.Deployments.Watching;

/// <summary>What the store says at a start, and what the local record said when it was asked.</summary>
/// <param name="Record">The local record of before the reading.</param>
/// <param name="History">The history.</param>
/// <param name="Current">The launch config in <c>current.json</c>; null for none that can be read.</param>
internal sealed record StoreReading(LifecycleRecord Record, DeploymentHistory History, LaunchConfig? Current)
{
    /// <summary>Whether nothing was switched since: else another launch config may be current by now.</summary>
    public bool IsFresh(LifecycleRecord record) =>
        record.Hash == Record.Hash && record.Seen == Record.Seen && record.Intents.Count == Record.Intents.Count;
}
