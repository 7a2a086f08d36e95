namespace WunderProxy.ManagerApi;

/// <summary><c>GET /livez</c>: answers 200 while the process works, whatever the state of its upstream.</summary>
internal static class LivezRoute
{
    public static ValueTask<ApiResponse> HandleAsync(ApiRequest request, CancellationToken cancellationToken) =>
        new(request.WantsJson
            ? ApiResponse.OfJson(new LivezDocument("ok"), ApiJson.Context.LivezDocument)
            : ApiResponse.OfText("ok\n"));
}
