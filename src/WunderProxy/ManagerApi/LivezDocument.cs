namespace WunderProxy.ManagerApi;

/// <summary>Answer of <c>GET /livez</c> as JSON.</summary>
/// <param name="Status">Always <c>ok</c>.</param>
internal sealed record LivezDocument(string Status);
