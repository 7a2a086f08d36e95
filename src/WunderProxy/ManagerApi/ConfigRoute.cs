using WunderProxy.Deployments.Lifecycle;

namespace WunderProxy.ManagerApi;

/// <summary><c>GET /config/HASH</c>: a stored launch config, its environment masked unless the caller may see it.</summary>
internal sealed class ConfigRoute(IContainerLifecycle lifecycle)
{
    public async ValueTask<ApiResponse> HandleAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var config = await lifecycle.GetConfigAsync(ApiRoute.LastSegment(request.Path), cancellationToken);
        return ApiResponse.OfJsonBytes(request.WantsUnmasked ? config : EnvMask.Apply(config));
    }
}
