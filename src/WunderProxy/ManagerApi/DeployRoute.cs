using System.Buffers;
using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi;

/// <summary>
/// <c>POST /deploy</c>, with a launch config or the hash of a stored one as body: stores, launches, switches and
/// records.
/// </summary>
internal sealed class DeployRoute(IContainerLifecycle lifecycle)
{
    private const int MaxWordBytes = 200;

    private static readonly SearchValues<byte> WordBytes =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._-"u8);

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

    /// <summary>
    /// Creates the request: a single short word is a hash, and any other body a launch config, so that errors in it are
    /// reported.
    /// </summary>
    private static DeployRequest RequestOf(byte[] body, string by)
    {
        var text = body.AsSpan().Trim(" \t\r\n"u8);
        if (text.IsEmpty)
        {
            throw new ApiException(
                400, DeploymentErrorCode.Of(DeploymentError.BadHash), "the body is empty: a launch config (JSON) or the hash of a stored one is expected");
        }

        var isWord = text.Length <= MaxWordBytes && !text.ContainsAnyExcept(WordBytes);
        return isWord
            ? new DeployRequest { Reference = System.Text.Encoding.ASCII.GetString(text), By = by }
            : new DeployRequest { Config = body, By = by };
    }
}
