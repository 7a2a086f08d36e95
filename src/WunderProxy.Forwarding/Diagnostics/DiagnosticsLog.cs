using Microsoft.Extensions.Logging;

namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>What is logged about logging itself.</summary>
internal static partial class DiagnosticsLog
{
    [LoggerMessage(2901, LogLevel.Warning, "access log: lines are lost, the sink failed")]
    public static partial void AccessLogFailed(ILogger logger, Exception exception);
}
