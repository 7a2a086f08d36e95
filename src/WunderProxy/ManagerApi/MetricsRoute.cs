using WunderProxy.ManagerApi.Collectors;
using WunderProxy.Metrics;

namespace WunderProxy.ManagerApi;

/// <summary>
/// <c>GET /metrics</c>: returns the numbers of <c>/status</c> for Prometheus, in its text format or, for a scraper that
/// prefers it by <c>Accept</c>, in OpenMetrics.
/// </summary>
internal sealed class MetricsRoute(StatusReader status)
{
    private static readonly KeyValuePair<string, string>[] VaryByAccept = [new("Vary", "Accept")];

    public ValueTask<ApiResponse> HandleAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var format = TextFormats.Choose(request.Header("Accept"));
        var text = MetricText.Write(MetricCollection.Read(status), format);
        return new(new ApiResponse(200, TextFormats.ContentTypeOf(format), text) { Headers = VaryByAccept });
    }
}
