using Microsoft.Extensions.Logging;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.ManagerApi;

/// <summary>
/// The log of API calls. Each allowed change gets a line; of refused calls and internal errors, which anybody can
/// cause, the first gets a line and the others a count every 10 s.
/// </summary>
internal sealed class CallLog : IDisposable
{
    private const int MaxTextLength = 128;

    private readonly ILogger _logger;
    private readonly LogThrottle _refused;
    private readonly LogThrottle _failed;

    /// <summary>Creates a log whose intervals <paramref name="clock"/> measures.</summary>
    public CallLog(ILogger logger, TimeProvider clock)
    {
        _logger = logger;
        _refused = new LogThrottle(clock, (count, last) => ManagerApiLog.MoreRefused(logger, count, last as string));
        _failed = new LogThrottle(clock, (count, last) => ManagerApiLog.MoreFailed(logger, count, last as string));
    }

    /// <summary>Logs how a call with the right to make changes ended.</summary>
    public void Changed(ApiRequest request, int status, string outcome) => ManagerApiLog.ChangingCall(
        _logger, request.Caller.ToString(), request.By, request.Method, request.Path, status, outcome);

    /// <summary>
    /// Counts, and at most every 10 s logs, a changing call that was refused or a call to an unknown path.
    /// </summary>
    public void Refused(ApiRequest request, int status, string outcome)
    {
        var caller = request.Caller.ToString();
        var (method, path, why) = (Bounded(request.Method), Bounded(request.Path), Bounded(outcome));
        if (_refused.TryPass($"{caller}: {method} {path}: {status} {why}"))
        {
            ManagerApiLog.ChangingCall(_logger, caller, caller, method, path, status, why);
        }
    }

    /// <summary>Counts, and at most every 10 s logs, an internal error.</summary>
    public void Failed(ApiRequest request, Exception exception)
    {
        var (method, path) = (Bounded(request.Method), Bounded(request.Path));
        if (_failed.TryPass($"{method} {path}: {Bounded(exception.Message)}"))
        {
            ManagerApiLog.RouteFailed(_logger, method, path, exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _refused.Dispose();
        _failed.Dispose();
    }

    /// <summary>Shortens a text of the caller, which may be as long as a request line.</summary>
    private static string Bounded(string text) => text.Length <= MaxTextLength ? text : text[..MaxTextLength] + "…";
}
