using WunderProxy.Deployments.Lifecycle;

namespace WunderProxy.ManagerApi;

/// <summary><c>POST /deploy</c>, body a launch config or the hash of one: store, launch, switch, record.</summary>
internal sealed class DeployRoute(IContainerLifecycle lifecycle)
{
    public async ValueTask<ApiResponse> HandleAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadBodyAsync(cancellationToken);
        var deploy = RequestOf(body, request.By) with { Guard = request.Guard };
        if (request.WantsProgress)
        {
            return await ProgressStream.AnswerAsync(
                progress => lifecycle.DeployAsync(deploy, progress, CancellationToken.None));
        }

        var result = await lifecycle.DeployAsync(deploy, progress: null, cancellationToken);
        return ApiResponse.OfJson(result, ApiJson.Context.DeployResult) with
        {
            Outcome = ProgressStream.OutcomeOf(result),
        };
    }

    /// <summary>A launch config is a JSON object; anything else is taken for a hash.</summary>
    private static DeployRequest RequestOf(byte[] body, string by)
    {
        var text = body.AsSpan().TrimStart(" \t\r\n"u8);
        return text.StartsWith("{"u8)
            ? new DeployRequest { Config = body, By = by }
            : new DeployRequest { Reference = System.Text.Encoding.UTF8.GetString(text).Trim(), By = by };
    }
}
