namespace WunderProxy.ManagerApi;

/// <summary><c>GET /livez</c>: 200 while the process works, whatever its upstream does.</summary>
internal static class LivezRoute
{
    public static ValueTask<ApiResponse> HandleAsync(ApiRequest request, CancellationToken cancellationToken) =>
        new(ApiResponse.OfText("ok\n"));
}
