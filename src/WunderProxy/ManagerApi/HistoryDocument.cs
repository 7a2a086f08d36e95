using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi;

/// <summary>The answer to <c>GET /history</c>.</summary>
/// <param name="Entries">The entries, oldest first.</param>
internal sealed record HistoryDocument(IReadOnlyList<HistoryEntryView> Entries);
