using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi;

/// <summary>
/// <c>GET /containers</c>: lists the containers of this application, and foreign ones that look like them.
/// </summary>
internal sealed class ContainersRoute(IContainerLifecycle lifecycle)
{
    public ValueTask<ApiResponse> HandleAsync(ApiRequest request, CancellationToken cancellationToken) =>
        new(ApiResponse.OfJson(
            request.HasRights ? lifecycle.Containers : [.. lifecycle.Containers.Select(container => container.ForAnybody())],
            ApiJson.Context.IReadOnlyListContainerView));
}
