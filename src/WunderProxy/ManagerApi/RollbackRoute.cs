using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi;

/// <summary>
/// <c>POST /rollback</c>, with a hash, a revision, or nothing for the entry before as body: makes an earlier entry
/// current again.
/// </summary>
internal sealed class RollbackRoute(IContainerLifecycle lifecycle)
{
    public async ValueTask<ApiResponse> HandleAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var rollback = new RollbackRequest
        {
            Target = await request.ReadWordAsync(cancellationToken),
            By = request.By,
            Guard = request.Guard,
        };
        if (request.WantsProgress)
        {
            return await ProgressStream.AnswerAsync(
                progress => lifecycle.RollbackAsync(rollback, progress, CancellationToken.None));
        }

        var result = await lifecycle.RollbackAsync(rollback, progress: null, cancellationToken);
        return ApiResponse.OfJson(result, ApiJson.Context.DeployResult) with
        {
            Outcome = ProgressStream.OutcomeOf(result),
        };
    }
}
