using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi;

/// <summary>
/// Handles a call: finds the route, checks the caller's rights, runs the route and turns failures into error answers of
/// one form.
/// </summary>
internal sealed class ApiDispatcher(
    IReadOnlyList<ApiRoute> routes, AccessRules access, ILogger logger, TimeProvider clock, ApiServices? services = null)
    : IDisposable
{
    private readonly HandlerGate _gate = new();
    private readonly GuessBrake _brake = new(clock);
    private readonly CallLog _log = new(logger, clock, services?.Hub);

    private string RevisionInService => services?.Lifecycle?.Snapshot().Intended?.Revision ?? string.Empty;

    /// <summary>Handles one call; never throws because of the caller or of a failed operation.</summary>
    public async Task<ApiResponse> DispatchAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        var (response, from) = await AnswerAsync(request, cancellationToken);
        if (request.Method is not ("GET" or "HEAD" or "OPTIONS"))
        {
            _ = LogAsync(request, response, from, began);
        }

        return response;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _log.Dispose();
        _gate.Dispose();
    }

    /// <summary>Answers one call of the manager API.</summary>
    /// <returns>
    /// The answer, and, if the caller may make changes, the revision that was in service before the call; null for other
    /// callers.
    /// </returns>
    private async Task<(ApiResponse Response, string? From)> AnswerAsync(
        ApiRequest request, CancellationToken cancellationToken)
    {
        ApiRoute? route = null;
        string? from = null;
        try
        {
            route = Find(request);
            DemandRoom(route, request);
            await HoldGuessAsync(route, request, cancellationToken);
            request.HasRights = access.HasRights(request);
            if (route.Access == RouteAccess.Change || request.WantsUnmasked)
            {
                access.Demand(request);

                // Throws for a bad name, which is then not logged.
                from = request.By.Length > 0 ? RevisionInService : null;
            }

            return (await HandleAsync(route, request, from is not null, cancellationToken), from);
        }
        catch (ApiException exception)
        {
            return (ApiResponse.OfError(exception, AsText(route, request)), from);
        }
        catch (DeploymentException exception)
        {
            return (ApiResponse.OfError(ApiException.From(exception, request.HasRights), AsText(route, request)), from);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            _log.Failed(request, exception);
            var error = new ApiException(500, ApiErrorCode.Internal, "the call failed; the log has the reason");
            return (ApiResponse.OfError(error, AsText(route, request)), from);
        }
    }

    /// <summary>
    /// Refuses a call while the front end is crowded, unless the call is cheap or its caller has rights. Calls over
    /// loopback and the unix socket are marked as crowded only when few connections are left for everybody.
    /// </summary>
    private void DemandRoom(ApiRoute route, ApiRequest request)
    {
        if (request.IsCrowded && !route.IsLight && !access.HasRights(request))
        {
            throw ApiException.Overloaded();
        }
    }

    /// <summary>
    /// Delays the answer to a wrong token, on every route whose answer would reveal that the token is wrong.
    /// </summary>
    private async Task HoldGuessAsync(ApiRoute route, ApiRequest request, CancellationToken cancellationToken)
    {
        if ((!route.IsLight || request.WantsUnmasked)
            && access.HasWrongToken(request)
            && !await _brake.HoldAsync(request.Caller.Address, cancellationToken))
        {
            throw ApiException.TooManyGuesses();
        }
    }

    private async Task<ApiResponse> HandleAsync(
        ApiRoute route, ApiRequest request, bool isAllowed, CancellationToken cancellationToken)
    {
        if (route.IsLight)
        {
            return await route.HandleAsync(request, cancellationToken);
        }

        using var turn = await _gate.EnterAsync(isAllowed || access.HasRights(request), cancellationToken);
        return await route.HandleAsync(request, cancellationToken);
    }

    private ApiRoute Find(ApiRequest request)
    {
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

    private async Task LogAsync(ApiRequest request, ApiResponse response, string? from, long began)
    {
        var outcome = response.Outcome ?? (response.Completion is { } completion ? await completion : ApiOutcome.Done);
        var took = clock.GetElapsedTime(began);
        if (from is null)
        {
            _log.Refused(request, new CallEnd(response.Status, outcome, string.Empty, string.Empty, took));
            return;
        }

        var to = outcome switch
        {
            { Revision.Length: > 0 } => outcome.Revision,
            { Code: ApiOutcome.Ok } => RevisionInService,
            _ => string.Empty,
        };
        _log.Changed(request, new CallEnd(response.Status, outcome, from, to, took));
    }
}
