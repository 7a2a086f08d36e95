using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi;

/// <summary>
/// <c>POST /drains/HASH/end</c>: ends at once what is still in flight on the earlier upstream of that launch config.
/// </summary>
internal sealed class DrainEndRoute(IContainerLifecycle lifecycle)
{
    /// <summary>Path of the route, with a wildcard for the hash.</summary>
    public const string Path = "/drains/*/end";

    public async ValueTask<ApiResponse> HandleAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var result = await lifecycle.EndDrainAsync(HashOf(request.Path), request.By, cancellationToken);
        var text = $"ended {result.Exchanges} exchanges, {result.EventStreams} event streams, "
            + $"{result.LongResponses} long responses and {result.Upgraded} tunnels";
        return ApiResponse.OfJson(result, ApiJson.Context.DrainEndResult) with
        {
            Outcome = new ApiOutcome(text, Revision: result.Revision),
        };
    }

    private static string HashOf(string path) => path.Split('/')[2];
}
