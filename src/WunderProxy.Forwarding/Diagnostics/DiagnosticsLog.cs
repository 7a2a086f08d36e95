using Microsoft.Extensions.Logging;

namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>Log messages about the access log itself.</summary>
internal static partial class DiagnosticsLog
{
    [LoggerMessage(2901, LogLevel.Warning, "Access-log lines are lost because the sink failed")]
    public static partial void AccessLogFailed(ILogger logger, Exception exception);

    [LoggerMessage(2902, LogLevel.Warning, "Access-log lines were lost {Count} more times in 10 s, the last time because of: {Last}")]
    public static partial void AccessLogFailedMore(ILogger logger, long count, string? last);
}
