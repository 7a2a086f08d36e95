namespace WunderProxy.ManagerApi;

/// <summary><c>POST /undrain</c>: ends a drain, so that load balancers may come back.</summary>
internal sealed class UndrainRoute(InstanceControl control)
{
    public async ValueTask<ApiResponse> HandleAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await control.UndrainAsync(request.By, cancellationToken);
}
