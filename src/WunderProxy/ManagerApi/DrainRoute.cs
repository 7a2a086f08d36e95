namespace WunderProxy.ManagerApi;

/// <summary>
/// <c>POST /drain</c>: <c>/status</c> turns 503 so that load balancers leave; traffic is still served.
/// </summary>
internal sealed class DrainRoute(InstanceControl control)
{
    public async ValueTask<ApiResponse> HandleAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await control.DrainAsync(request.By, cancellationToken);
}
