using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.History;

/// <summary>The result of reading the history, with the fault if it could not be read.</summary>
/// <param name="History">The history; empty if it could not be read.</param>
/// <param name="Fault">Why the history could not be read; null if it was read.</param>
public sealed record HistoryReading(DeploymentHistory History, ObjectStoreException? Fault = null);
