using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi;

/// <summary><c>GET /history</c>: lists the deployments, oldest first.</summary>
internal sealed class HistoryRoute(IContainerLifecycle lifecycle)
{
    public async ValueTask<ApiResponse> HandleAsync(ApiRequest request, CancellationToken cancellationToken) =>
        ApiResponse.OfJson(
            new HistoryDocument(await lifecycle.GetHistoryAsync(cancellationToken)), ApiJson.Context.HistoryDocument);
}
