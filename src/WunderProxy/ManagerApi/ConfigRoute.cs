using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.ManagerApi;

/// <summary>
/// <c>GET /config/HASH</c>: returns a stored launch config. Its texts are masked unless the caller has rights and asks
/// for them.
/// </summary>
internal sealed class ConfigRoute(IContainerLifecycle lifecycle)
{
    public async ValueTask<ApiResponse> HandleAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var config = await lifecycle.GetConfigAsync(ApiRoute.LastSegment(request.Path), cancellationToken);
        return ApiResponse.OfJsonBytes(request.WantsUnmasked ? config : MaskedConfig.Of(config));
    }
}
