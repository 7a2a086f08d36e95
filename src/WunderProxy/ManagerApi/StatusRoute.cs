using WunderProxy.Instance;

namespace WunderProxy.ManagerApi;

/// <summary>
/// <c>GET /status</c>: returns the status for load balancers, and the document for people and dashboards.
/// </summary>
internal sealed class StatusRoute(StatusReader status, InstanceState instance)
{
    public ValueTask<ApiResponse> HandleAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        instance.OnStatusAsked();
        var facts = request.HasRights ? status.Read() : status.Read().ForAnybody();
        var response = ApiResponse.OfJson(
            facts.ToDocument(), ApiJson.Context.StatusDocument, facts.IsAvailable ? 200 : 503);
        return new(facts.IsAvailable ? response : response with { Headers = [new("Retry-After", "5")] });
    }
}
