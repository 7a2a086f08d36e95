using Microsoft.Extensions.Logging;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.ManagerApi;

/// <summary>
/// The log of the calls: a line for each change that was allowed; of refused calls and of faults the first, and then a
/// count every 10 s, since anybody can make them.
/// </summary>
internal sealed class CallLog : IDisposable
{
    private const int MaxTextLength = 128;

    private readonly ILogger _logger;
    private readonly LogThrottle _refused;
    private readonly LogThrottle _failed;

    /// <summary>A log whose intervals come from <paramref name="clock"/>.</summary>
    public CallLog(ILogger logger, TimeProvider clock)
    {
        _logger = logger;
        _refused = new LogThrottle(clock, (count, last) => ManagerApiLog.MoreRefused(logger, count, last as string));
        _failed = new LogThrottle(clock, (count, last) => ManagerApiLog.MoreFailed(logger, count, last as string));
    }

    /// <summary>Writes how a call ended that was allowed to change things.</summary>
    public void Changed(ApiRequest request, int status, string outcome) => ManagerApiLog.ChangingCall(
        _logger, request.Peer.ToString(), request.By, request.Method, request.Path, status, outcome);

    /// <summary>Takes note of a call that would have changed things and was not allowed to, or named no route.</summary>
    public void Refused(ApiRequest request, int status, string outcome)
    {
        var peer = request.Peer.ToString();
        var (method, path, why) = (Bounded(request.Method), Bounded(request.Path), Bounded(outcome));
        if (_refused.TryPass($"{peer}: {method} {path}: {status} {why}"))
        {
            ManagerApiLog.ChangingCall(_logger, peer, peer, method, path, status, why);
        }
    }

    /// <summary>Takes note of a fault of ours.</summary>
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

    /// <summary>What a caller sent can be as long as a request line.</summary>
    private static string Bounded(string text) => text.Length <= MaxTextLength ? text : text[..MaxTextLength] + "…";
}
