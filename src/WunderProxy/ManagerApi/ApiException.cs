using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi;

/// <summary>A call that ends in an error answer.</summary>
internal sealed class ApiException(int status, string code, string message) : Exception(message)
{
    private static readonly KeyValuePair<string, string>[] Challenge =
        [new("WWW-Authenticate", "Bearer realm=\"wunderproxy\"")];

    /// <summary>HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The code for programs.</summary>
    public string Code { get; } = code;

    /// <summary>The evidence, where there is some.</summary>
    public DeploymentErrorDetails? Details { get; init; }

    /// <summary>Header fields that belong to the status.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>413 for more than <see cref="ApiRequest.MaxBodyBytes"/>.</summary>
    public static ApiException BodyTooLarge() =>
        new(413, ApiErrorCode.BodyTooLarge, $"the body is larger than {ApiRequest.MaxBodyBytes} bytes");

    /// <summary>404 for a path that no route has.</summary>
    public static ApiException UnknownPath(string path) => new(404, ApiErrorCode.UnknownPath, $"there is no {path}");

    /// <summary>405 with the methods that would do.</summary>
    public static ApiException WrongMethod(string method, string allow) =>
        new(405, ApiErrorCode.WrongMethod, $"{method} is not for this path; {allow} is")
        {
            Headers = [new("Allow", allow)],
        };

    /// <summary>401 of RFC 6750 section 3.</summary>
    public static ApiException Unauthorized(string message) =>
        new(401, ApiErrorCode.Unauthorized, message) { Headers = Challenge };

    /// <summary>401 for a token that is not the configured one.</summary>
    public static ApiException WrongToken() => Unauthorized("the API token is wrong");

    /// <summary>429 for a wrong token beside many others.</summary>
    public static ApiException TooManyGuesses() =>
        new(429, ApiErrorCode.TooManyGuesses, "too many wrong API tokens") { Headers = [new("Retry-After", "10")] };

    /// <summary>408 for a body that comes too slowly.</summary>
    public static ApiException BodyTooSlow() =>
        new(408, ApiErrorCode.BodyTooSlow, "the body did not come in time");

    /// <summary>503 for a call that is one too many.</summary>
    public static ApiException Overloaded() =>
        new(503, ApiErrorCode.Overloaded, "too many calls at once") { Headers = [new("Retry-After", "5")] };

    /// <summary>What an error of the lifecycle is to a caller.</summary>
    /// <param name="exception">The error.</param>
    /// <param name="hasRights">Without the rights of a changing call, engine and store are not quoted.</param>
    public static ApiException From(DeploymentException exception, bool hasRights = true) =>
        new(StatusOf(exception.Error), exception.Code, hasRights ? exception.Message : PublicMessage(exception))
        {
            Details = exception.Details,
            Headers = exception.Error is DeploymentError.StoreUnavailable or DeploymentError.EngineUnavailable
                ? [new("Retry-After", "5")]
                : [],
        };

    /// <summary>The body of the answer.</summary>
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
