namespace WunderProxy.ManagerApi;

/// <summary><c>POST /resume</c>: ends a pause, so that waiting requests go on.</summary>
internal sealed class ResumeRoute(InstanceControl control)
{
    public async ValueTask<ApiResponse> HandleAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await control.ResumeAsync(request.By, cancellationToken);
}
