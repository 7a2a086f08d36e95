using System.Text;

namespace WunderProxy.ManagerApi;

/// <summary><c>GET /metrics</c>: returns the numbers of <c>/status</c> for Prometheus.</summary>
internal sealed class MetricsRoute(StatusReader status)
{
    private const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public ValueTask<ApiResponse> HandleAsync(ApiRequest request, CancellationToken cancellationToken) =>
        new(new ApiResponse(200, ContentType, Encoding.UTF8.GetBytes(MetricsDocument.Write(status.Read()))));
}
