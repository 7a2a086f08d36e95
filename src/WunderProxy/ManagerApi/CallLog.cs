using Microsoft.Extensions.Logging;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.ManagerApi.Events;

namespace WunderProxy.ManagerApi;

/// <summary>
/// The audit: each changing call gets a line with stable keys, and an event on the live stream. Of refused calls and
/// internal errors, which anybody can cause, the first gets a line and the others a count every 10 s; of calls with
/// rights that ask for what cannot be done, a burst gets lines, then one a second.
/// </summary>
internal sealed class CallLog : IDisposable
{
    private readonly ILogger _logger;
    private readonly TimeProvider _clock;
    private readonly EventHub? _hub;
    private readonly LogThrottle _refused;
    private readonly LogThrottle _failed;
    private readonly LineBudget _rejections;

    /// <summary>Creates a log whose intervals <paramref name="clock"/> measures.</summary>
    /// <param name="logger">Gets the lines.</param>
    /// <param name="clock">Clock of times and intervals.</param>
    /// <param name="hub">Gets the events; null for a server without a live stream.</param>
    public CallLog(ILogger logger, TimeProvider clock, EventHub? hub = null)
    {
        _logger = logger;
        _clock = clock;
        _hub = hub;
        _refused = new LogThrottle(clock, (count, last) => ManagerApiLog.MoreRefused(logger, count, last as string));
        _failed = new LogThrottle(clock, (count, last) => ManagerApiLog.MoreFailed(logger, count, last as string));
        _rejections = new LineBudget(clock);
    }

    /// <summary>Records how a call with the right to make changes ended.</summary>
    public void Changed(ApiRequest request, CallEnd end)
    {
        if (!end.IsRejection || _rejections.TryTake() || _refused.TryPass(SubjectOf(request, end)))
        {
            Record(request, end, request.By, AuditText.BoundedOutcome(end.Outcome.Text));
        }
    }

    /// <summary>
    /// Counts, and at most every 10 s records, a changing call that was refused or a call to an unknown path.
    /// </summary>
    public void Refused(ApiRequest request, CallEnd end)
    {
        if (_refused.TryPass(SubjectOf(request, end)))
        {
            Record(request, end, by: string.Empty, AuditText.Bounded(end.Outcome.Text));
        }
    }

    /// <summary>Counts, and at most every 10 s logs, an internal error.</summary>
    public void Failed(ApiRequest request, Exception exception)
    {
        var (method, path) = (AuditText.Bounded(request.Method), AuditText.Bounded(request.Path));
        if (_failed.TryPass($"{method} {path}: {AuditText.Bounded(exception.Message)}"))
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

    private static string SubjectOf(ApiRequest request, CallEnd end) =>
        $"{request.Caller}: {AuditText.Bounded(request.Method)} {AuditText.Bounded(request.Path)}: "
        + $"{end.Status} {AuditText.Bounded(end.Outcome.Text)}";

    private void Record(ApiRequest request, CallEnd end, string by, string outcome)
    {
        var view = new CallView(
            _clock.GetUtcNow(), end.Status, end.Outcome.Code, end.From, end.To, Math.Round(end.Took.TotalSeconds, 3))
        {
            Method = AuditText.Bounded(request.Method),
            Path = AuditText.Bounded(request.Path),
            Caller = request.Caller.ToString(),
            User = request.Caller.UserId,
            Token = request.Header("Authorization") is not null,
            UserAgent = request.Header("User-Agent") is { } agent ? AuditText.Bounded(agent) : null,
            By = by.Length > 0 ? by : null,
            Outcome = outcome,
        };
        ManagerApiLog.Call(
            _logger,
            view.Caller,
            view.User?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-",
            view.Token is true ? "yes" : "no",
            AuditText.Value(view.UserAgent ?? string.Empty),
            AuditText.Value(by),
            AuditText.Value(view.Method),
            AuditText.Value(view.Path),
            AuditText.Value(view.FromRevision),
            AuditText.Value(view.Revision),
            view.Status,
            view.Code,
            view.Seconds,
            AuditText.Value(outcome));
        _hub?.Publish("call", view, view.ForAnybody(), ApiJson.Context.CallView);
    }
}
