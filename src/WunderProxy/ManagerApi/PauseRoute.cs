namespace WunderProxy.ManagerApi;

/// <summary><c>POST /pause</c>: new requests wait.</summary>
internal sealed class PauseRoute(InstanceControl control)
{
    public async ValueTask<ApiResponse> HandleAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await control.PauseAsync(request.By, cancellationToken);
}
