using WunderProxy.Deployments.Lifecycle;

namespace WunderProxy.ManagerApi;

/// <summary><c>GET /containers</c>: those of this application, and foreign ones that look like them.</summary>
internal sealed class ContainersRoute(IContainerLifecycle lifecycle)
{
    public ValueTask<ApiResponse> HandleAsync(ApiRequest request, CancellationToken cancellationToken) =>
        new(ApiResponse.OfJson(lifecycle.Containers, ApiJson.Context.IReadOnlyListContainerView));
}
