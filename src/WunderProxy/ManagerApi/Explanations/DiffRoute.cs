using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi.Explanations;

/// <summary>
/// <c>GET /diff?from=&amp;to=</c>: tells in what two launch configs differ; by default what the last deploy changed.
/// </summary>
internal sealed class DiffRoute(IContainerLifecycle lifecycle)
{
    /// <summary>The launch config before, if none is named: the last but one entry of the history.</summary>
    public const string DefaultFrom = "~1";

    /// <summary>The launch config after, if none is named: the last entry of the history.</summary>
    public const string DefaultTo = "~0";

    public async ValueTask<ApiResponse> HandleAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var diff = await lifecycle.DiffAsync(
            NameOf(request, "from", DefaultFrom), NameOf(request, "to", DefaultTo), request.HasRights, cancellationToken);
        return request.WantsJson
            ? ApiResponse.OfJson(diff, ApiJson.Context.DiffView)
            : ApiResponse.OfText(DiffText.Write(diff));
    }

    private static string NameOf(ApiRequest request, string parameter, string otherwise) =>
        request.Query.TryGetValue(parameter, out var name) && name.Length > 0 ? name : otherwise;
}
