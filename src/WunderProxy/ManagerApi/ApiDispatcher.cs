using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Lifecycle;

namespace WunderProxy.ManagerApi;

/// <summary>
/// From a call to its answer: finds the route, asks who may, lets it answer, turns faults into one shape.
/// </summary>
internal sealed class ApiDispatcher(IReadOnlyList<ApiRoute> routes, AccessRules access, ILogger logger)
{
    /// <summary>Answers one call; never throws for what a caller or the domain does.</summary>
    public async Task<ApiResponse> DispatchAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var response = await AnswerAsync(request, cancellationToken);
        if (request.Method is not ("GET" or "HEAD"))
        {
            _ = LogAsync(request, response);
        }

        return response;
    }

    private async Task<ApiResponse> AnswerAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        ApiRoute? route = null;
        try
        {
            route = Find(request);
            if (route.Access == RouteAccess.Change || request.WantsUnmasked)
            {
                access.Demand(request);
            }

            return await route.HandleAsync(request, cancellationToken);
        }
        catch (ApiException exception)
        {
            return ApiResponse.OfError(exception, AsText(route, request));
        }
        catch (DeploymentException exception)
        {
            return ApiResponse.OfError(ApiException.From(exception), AsText(route, request));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            ManagerApiLog.RouteFailed(logger, request.Method, request.Path, exception);
            var error = new ApiException(500, ApiErrorCode.Internal, "the call failed for a reason that the log tells");
            return ApiResponse.OfError(error, AsText(route, request));
        }
    }

    private ApiRoute Find(ApiRequest request)
    {
        if (request.Host.Length == 0)
        {
            throw new ApiException(400, ApiErrorCode.BadHost, "the request names no Host");
        }

        var rows = routes.Where(route => route.Matches(request.Path)).ToList();
        if (rows.Count == 0)
        {
            throw ApiException.UnknownPath(request.Path);
        }

        var method = request.Method == "HEAD" ? "GET" : request.Method;
        return rows.Find(route => route.Method == method)
            ?? throw ApiException.WrongMethod(request.Method, string.Join(", ", rows.SelectMany(Methods)));
    }

    private static string[] Methods(ApiRoute route) => route.Method == "GET" ? ["GET", "HEAD"] : [route.Method];

    private static bool AsText(ApiRoute? route, ApiRequest request) =>
        route is { AnswersText: true } && !request.WantsJson;

    private async Task LogAsync(ApiRequest request, ApiResponse response)
    {
        var outcome = response.Outcome ?? (response.Completion is { } completion ? await completion : "done");
        ManagerApiLog.ChangingCall(
            logger, request.Peer.ToString(), request.By, request.Method, request.Path, response.Status, outcome);
    }
}
