using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi;

/// <summary><c>POST /switch</c>, with a hash as body: sends traffic to a launched container.</summary>
internal sealed class SwitchRoute(IContainerLifecycle lifecycle)
{
    public async ValueTask<ApiResponse> HandleAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var hash = await request.ReadWordAsync(cancellationToken);
        var options = new SwitchOptions { By = request.By, Guard = request.Guard };
        var result = await lifecycle.SwitchAsync(hash, options, cancellationToken);
        var text = $"switched proxy to port {result.Port} of container {ShortId.Of(result.Container)}";
        var response = request.WantsJson
            ? ApiResponse.OfJson(result, ApiJson.Context.SwitchResult)
            : ApiResponse.OfText(text);
        return response with
        {
            Outcome = new ApiOutcome(result.Changed ? text : text + " (it was current)", Revision: result.Revision),
        };
    }
}
