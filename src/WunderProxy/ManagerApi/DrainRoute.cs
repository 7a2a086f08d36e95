namespace WunderProxy.ManagerApi;

/// <summary>
/// <c>POST /drain</c>: makes <c>/status</c> answer 503, so that load balancers leave; traffic is still served.
/// </summary>
internal sealed class DrainRoute(InstanceControl control)
{
    public async ValueTask<ApiResponse> HandleAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await control.DrainAsync(request.By, cancellationToken);
}
