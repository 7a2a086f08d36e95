using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi;

/// <summary>Thrown to end a call with an error answer.</summary>
internal sealed class ApiException(int status, string code, string message) : Exception(message)
{
    private static readonly KeyValuePair<string, string>[] Challenge =
        [new("WWW-Authenticate", "Bearer realm=\"wunderproxy\"")];

    /// <summary>The HTTP status of the answer.</summary>
    public int Status { get; } = status;

    /// <summary>The error code for programs, in snake case.</summary>
    public string Code { get; } = code;

    /// <summary>Evidence such as log lines of the container; null without any.</summary>
    public DeploymentErrorDetails? Details { get; init; }

    /// <summary>Header fields that belong to the status, such as Retry-After.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Creates a 413 for a body larger than <see cref="ApiRequest.MaxBodyBytes"/>.</summary>
    public static ApiException BodyTooLarge() =>
        new(413, ApiErrorCode.BodyTooLarge, $"the body is larger than {ApiRequest.MaxBodyBytes} bytes");

    /// <summary>Creates a 404 for a path that no route has.</summary>
    public static ApiException UnknownPath(string path) => new(404, ApiErrorCode.UnknownPath, $"there is no {path}");

    /// <summary>Creates a 405 that names the allowed methods.</summary>
    public static ApiException WrongMethod(string method, string allow) =>
        new(405, ApiErrorCode.WrongMethod, $"{method} is not allowed for this path; {allow} is")
        {
            Headers = [new("Allow", allow)],
        };

    /// <summary>Creates a 401 with the challenge of RFC 6750 section 3.</summary>
    public static ApiException Unauthorized(string message) =>
        new(401, ApiErrorCode.Unauthorized, message) { Headers = Challenge };

    /// <summary>Creates a 401 for a token that is not the configured one.</summary>
    public static ApiException WrongToken() => Unauthorized("the API token is wrong");

    /// <summary>Creates a 429 for a wrong token, when many others are being answered late.</summary>
    public static ApiException TooManyGuesses() =>
        new(429, ApiErrorCode.TooManyGuesses, "too many wrong API tokens") { Headers = [new("Retry-After", "10")] };

    /// <summary>Creates a 408 for a body that arrives too slowly.</summary>
    public static ApiException BodyTooSlow() =>
        new(408, ApiErrorCode.BodyTooSlow, "the body did not come in time");

    /// <summary>Creates a 503 for a call beyond the limit of calls at once.</summary>
    public static ApiException Overloaded() =>
        new(503, ApiErrorCode.Overloaded, "too many calls at once") { Headers = [new("Retry-After", "5")] };

    /// <summary>Creates a 503 for a watcher beyond the limit of watchers, or while the process ends.</summary>
    public static ApiException TooManyWatchers() =>
        new(503, ApiErrorCode.Overloaded, "too many watchers at once") { Headers = [new("Retry-After", "10")] };

    /// <summary>Creates a 400 for a view of the live stream that does not exist.</summary>
    public static ApiException UnknownView() => new(400, ApiErrorCode.BadView, "view: the live stream has no such view");

    /// <summary>Creates the error answer for a failed deployment operation.</summary>
    /// <param name="exception">The failure of the operation.</param>
    /// <param name="hasRights">
    /// Whether the caller may make changes; other callers do not see what engine and store said.
    /// </param>
    public static ApiException From(DeploymentException exception, bool hasRights = true) =>
        new(StatusOf(exception.Error), exception.Code, hasRights ? exception.Message : PublicMessage(exception))
        {
            Details = exception.Details,
            Headers = exception.Error is DeploymentError.StoreUnavailable or DeploymentError.EngineUnavailable
                ? [new("Retry-After", "5")]
                : [],
        };

    /// <summary>Returns the body of the answer.</summary>
    public ApiError ToError() => new(Code, Message, Details);

    private static string PublicMessage(DeploymentException exception) => exception.Error switch
    {
        DeploymentError.StoreDenied => "the store refuses our credentials",
        DeploymentError.StoreUnavailable => "the store does not answer",
        DeploymentError.EngineUnavailable => "the Docker engine does not answer",
        _ => exception.Message,
    };

    private static int StatusOf(DeploymentError error) => error switch
    {
        DeploymentError.BadHash => 400,
        DeploymentError.NotFound or DeploymentError.HistoryEmpty => 404,
        DeploymentError.Busy or DeploymentError.NotRunning or DeploymentError.LeaseHeld => 409,
        DeploymentError.StoreDenied or DeploymentError.StoreUnavailable => 503,
        DeploymentError.EngineUnavailable or DeploymentError.StateUnwritable => 503,
        _ => 422,
    };
}
