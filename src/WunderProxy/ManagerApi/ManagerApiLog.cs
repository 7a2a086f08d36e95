using Microsoft.Extensions.Logging;

namespace WunderProxy.ManagerApi;

/// <summary>Log messages of the manager API, with event ids from 5000.</summary>
internal static partial class ManagerApiLog
{
    [LoggerMessage(5000, LogLevel.Information, "{Name} on {Address}")]
    public static partial void Listening(ILogger logger, string name, string address);

    [LoggerMessage(
        5001,
        LogLevel.Information,
        "Call: caller={Caller} user={User} token={Token} agent={Agent} by={By} method={Method} path={Path} from={From} "
        + "to={To} status={Status} code={Code} seconds={Seconds} outcome={Outcome}")]
    public static partial void Call(
        ILogger logger,
        string caller,
        string user,
        string token,
        string agent,
        string by,
        string method,
        string path,
        string from,
        string to,
        int status,
        string code,
        double seconds,
        string outcome);

    [LoggerMessage(5002, LogLevel.Error, "{Method} {Path} failed")]
    public static partial void RouteFailed(ILogger logger, string method, string path, Exception exception);

    [LoggerMessage(5003, LogLevel.Warning, "Every caller in {Networks} may make changes through the manager API without a token (--api-open)")]
    public static partial void OpenToNetworks(ILogger logger, string networks);

    [LoggerMessage(5022, LogLevel.Warning, "Inner port {Old} of the manager API has {Strangers} connections of strangers; the handlers moved to port {New}")]
    public static partial void InnerListenerMoved(ILogger logger, int old, string strangers, int @new);

    [LoggerMessage(5023, LogLevel.Warning, "The handlers of the manager API moved to another inner port {Count} more times in 10 s")]
    public static partial void InnerListenerMovedMore(ILogger logger, long count);

    [LoggerMessage(5020, LogLevel.Information, "{Count} more calls were refused in 10 s, the last from {Last}")]
    public static partial void MoreRefused(ILogger logger, long count, string? last);

    [LoggerMessage(5021, LogLevel.Error, "{Count} more calls failed in 10 s, the last {Last}")]
    public static partial void MoreFailed(ILogger logger, long count, string? last);

    [LoggerMessage(5004, LogLevel.Debug, "The caller of {Path} left before its answer")]
    public static partial void CallerLeft(ILogger logger, string path);

    [LoggerMessage(5024, LogLevel.Information, "The watcher of the live stream at {Caller} does not read, and was dropped")]
    public static partial void WatcherDropped(ILogger logger, string caller);

    [LoggerMessage(5025, LogLevel.Information, "{Count} more watchers of the live stream were dropped in 10 s")]
    public static partial void WatchersDropped(ILogger logger, long count);

    [LoggerMessage(5026, LogLevel.Error, "A view of the live stream cannot be made; its watchers see the one before")]
    public static partial void ViewFailed(ILogger logger, Exception exception);

    [LoggerMessage(5027, LogLevel.Error, "Views of the live stream could not be made {Count} more times in 10 s")]
    public static partial void ViewFailedMore(ILogger logger, long count);
}
