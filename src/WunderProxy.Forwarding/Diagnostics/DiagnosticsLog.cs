using Microsoft.Extensions.Logging;

namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>Log messages about the access log itself.</summary>
internal static partial class DiagnosticsLog
{
    [LoggerMessage(2901, LogLevel.Warning, "Access-log lines are lost because the sink failed")]
    public static partial void AccessLogFailed(ILogger logger, Exception exception);
}
