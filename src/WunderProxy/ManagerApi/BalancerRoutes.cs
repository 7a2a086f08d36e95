using WunderProxy.Instance;

namespace WunderProxy.ManagerApi;

/// <summary>The routes for load balancers and monitors, which reveal no secrets and change nothing.</summary>
internal static class BalancerRoutes
{
    private static readonly KeyValuePair<string, string> Allow = new("Allow", "GET, HEAD, OPTIONS");

    /// <summary>
    /// Returns the routes for GET of <c>/status</c>, <c>/livez</c> and <c>/metrics</c>, and for OPTIONS, which
    /// HAProxy's <c>option httpchk</c> sends by default. OPTIONS is answered like HEAD of the path, and for <c>/</c>
    /// and <c>*</c> like HEAD of <c>/status</c>.
    /// </summary>
    public static IReadOnlyList<ApiRoute> Of(StatusReader status, InstanceState instance)
    {
        var statusRoute = Read("/status", new StatusRoute(status, instance).HandleAsync);
        ApiRoute[] reads =
        [
            statusRoute,
            Read("/livez", LivezRoute.HandleAsync),
            Read("/metrics", new MetricsRoute(status).HandleAsync),
        ];
        return
        [
            .. reads,
            .. reads.Select(read => OptionsOf(read, read.Path)),
            OptionsOf(statusRoute, "/"),
            OptionsOf(statusRoute, "*"),
        ];
    }

    private static ApiRoute Read(
        string path, Func<ApiRequest, CancellationToken, ValueTask<ApiResponse>> handleAsync) =>
        new("GET", path, RouteAccess.Read, handleAsync);

    private static ApiRoute OptionsOf(ApiRoute read, string path) => read with
    {
        Method = "OPTIONS",
        Path = path,
        HandleAsync = async (request, cancellationToken) =>
        {
            var answer = await read.HandleAsync(request, cancellationToken);
            return answer with { Body = default, Headers = [.. answer.Headers, Allow] };
        },
    };
}
