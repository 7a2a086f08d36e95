namespace WunderProxy.ManagerApi.Events;

/// <summary>What the views of the live stream are made from, once a tick for all watchers with the same rights.</summary>
/// <param name="Status">The present state, already cut to what these watchers may see.</param>
/// <param name="HasRights">Whether these watchers may make changes, and so may see everything.</param>
internal sealed record LiveFacts(StatusFacts Status, bool HasRights);
