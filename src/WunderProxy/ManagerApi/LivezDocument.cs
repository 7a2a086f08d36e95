namespace WunderProxy.ManagerApi;

/// <summary>The JSON answer to <c>GET /livez</c>.</summary>
/// <param name="Status">The word <c>ok</c>.</param>
internal sealed record LivezDocument(string Status);
