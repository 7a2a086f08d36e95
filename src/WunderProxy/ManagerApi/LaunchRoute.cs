using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi;

/// <summary><c>POST /launch</c>, with a hash as body: starts the container and waits until it is healthy.</summary>
internal sealed class LaunchRoute(IContainerLifecycle lifecycle)
{
    public async ValueTask<ApiResponse> HandleAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var hash = await request.ReadWordAsync(cancellationToken);
        var result = await lifecycle.LaunchAsync(hash, request.By, progress: null, cancellationToken);
        var text = $"started container {ShortId.Of(result.Container)} with revision {ShortId.Of(hash)}"
            + $" listening on port {result.Port}";
        var response = request.WantsJson
            ? ApiResponse.OfJson(result, ApiJson.Context.LaunchResult)
            : ApiResponse.OfText(text);
        return response with { Outcome = new ApiOutcome($"{text} ({result.Method})", Revision: result.Revision) };
    }
}
