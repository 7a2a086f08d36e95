using System.Net;

namespace WunderProxy.Deployments.Docker;

/// <summary>Reports the result and the duration of each request to the engine: the one place through which all of them go.</summary>
/// <param name="inner">Carries the requests.</param>
/// <param name="clock">Measures the durations.</param>
/// <param name="called">Told of each request once its answer has begun; must return at once and not throw.</param>
internal sealed class MeasuredEngineHandler(HttpMessageHandler inner, TimeProvider clock, Action<EngineCall> called)
    : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        var result = "unavailable";
        try
        {
            var response = await base.SendAsync(request, cancellationToken);
            result = NameOf(response.StatusCode);
            return response;
        }
        catch (OperationCanceledException)
        {
            result = "cancelled";
            throw;
        }
        finally
        {
            var operation = EngineOperations.NameOf(request.Method.Method, request.RequestUri?.AbsolutePath ?? "");
            called(new EngineCall(operation, result, clock.GetElapsedTime(began)));
        }
    }

    private static string NameOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.NotFound => "not_found",
        HttpStatusCode.Conflict => "conflict",
        >= HttpStatusCode.InternalServerError => "failed",
        >= HttpStatusCode.BadRequest => "refused",
        _ => "ok",
    };
}
