namespace WunderProxy.ManagerApi;

/// <summary><c>POST /pause</c>: pauses forwarding, so that new requests wait.</summary>
internal sealed class PauseRoute(InstanceControl control)
{
    public async ValueTask<ApiResponse> HandleAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await control.PauseAsync(request.By, cancellationToken);
}
