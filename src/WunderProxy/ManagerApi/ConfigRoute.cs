using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.ManagerApi;

/// <summary>
/// <c>GET /config/HASH</c>: a stored launch config, its texts masked unless the caller may see and asks for them.
/// </summary>
internal sealed class ConfigRoute(IContainerLifecycle lifecycle)
{
    public async ValueTask<ApiResponse> HandleAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var config = await lifecycle.GetConfigAsync(ApiRoute.LastSegment(request.Path), cancellationToken);
        return ApiResponse.OfJsonBytes(request.WantsUnmasked ? config : MaskedConfig.Of(config));
    }
}
