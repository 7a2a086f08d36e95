namespace WunderProxy.ManagerApi;

/// <summary>Bytes that passed through the proxy.</summary>
/// <param name="In">Bytes received from clients.</param>
/// <param name="Out">Bytes sent to clients.</param>
internal sealed record ByteCounts(long In, long Out);
