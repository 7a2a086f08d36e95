using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi;

/// <summary>Answer of <c>GET /history</c>.</summary>
/// <param name="Entries">Oldest first.</param>
internal sealed record HistoryDocument(IReadOnlyList<HistoryEntryView> Entries);
