using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Records;

namespace WunderProxy.Deployments.Watching;

/// <summary>What the store contained at a start, together with the local record at that time.</summary>
/// <param name="Record">The local record as it was before reading the store.</param>
/// <param name="History">The deployment history.</param>
/// <param name="Current">The launch config in <c>current.json</c>; null if there is none that can be read.</param>
internal sealed record StoreReading(LifecycleRecord Record, DeploymentHistory History, LaunchConfig? Current)
{
    /// <summary>
    /// Whether the record has not changed since; otherwise another launch config may be current by now.
    /// </summary>
    public bool IsFresh(LifecycleRecord record) =>
        record.Hash == Record.Hash && record.Seen == Record.Seen && record.Intents.Count == Record.Intents.Count;
}
