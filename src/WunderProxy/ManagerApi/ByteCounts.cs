namespace WunderProxy.ManagerApi;

/// <summary>Bytes through the proxy.</summary>
/// <param name="In">From clients.</param>
/// <param name="Out">To clients.</param>
internal sealed record ByteCounts(long In, long Out);
