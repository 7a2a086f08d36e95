using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi;

/// <summary><c>GET /</c>: returns the status page for people, without scripts or parts loaded from elsewhere.</summary>
internal sealed class StatusPageRoute(StatusReader status, IContainerLifecycle? lifecycle)
{
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

    public ValueTask<ApiResponse> HandleAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var facts = request.HasRights ? status.Read() : status.Read().ForStrangers();
        if (request.WantsJson)
        {
            return new(ApiResponse.OfJson(facts.ToDocument(), ApiJson.Context.StatusDocument));
        }

        var html = StatusPage.Write(facts, ContainersFor(request));
        return new(ApiResponse.OfHtml(html) with { Headers = [new("Content-Security-Policy", Policy)] });
    }

    private IReadOnlyList<ContainerView> ContainersFor(ApiRequest request)
    {
        var containers = lifecycle?.Containers ?? [];
        return request.HasRights ? containers : [.. containers.Select(container => container.ForAnybody())];
    }
}
