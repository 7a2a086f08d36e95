using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.History;

/// <summary>The history as far as it could be read.</summary>
/// <param name="History">The history; empty when it could not be read.</param>
/// <param name="Fault">Why it could not be read; null when it could.</param>
public sealed record HistoryReading(DeploymentHistory History, ObjectStoreException? Fault = null);
