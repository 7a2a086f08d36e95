using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace WunderProxy.Hosting;

/// <summary>Log messages of the process about itself, with event ids from 5100.</summary>
internal static partial class HostLog
{
    [LoggerMessage(5100, LogLevel.Information, "WunderProxy {Version}: proxy on {Address}")]
    public static partial void Listening(ILogger logger, string version, string address);

    [LoggerMessage(5101, LogLevel.Information, "{Signal}: shutting down; a second signal ends the process at once")]
    public static partial void Signal(ILogger logger, PosixSignal signal);

    [LoggerMessage(5102, LogLevel.Warning, "Second signal: the process ends at once")]
    public static partial void SecondSignal(ILogger logger);

    [LoggerMessage(5103, LogLevel.Information, "SIGHUP: {What} read again")]
    public static partial void Reloaded(ILogger logger, string what);

    [LoggerMessage(5104, LogLevel.Warning, "A file could not be read again, and its old content stays in force: {Message}")]
    public static partial void ReloadFailed(ILogger logger, string message);

    [LoggerMessage(5105, LogLevel.Information, "Load balancers have {Seconds} s to leave")]
    public static partial void Grace(ILogger logger, double seconds);

    [LoggerMessage(5106, LogLevel.Information, "The listeners are closed; exchanges have {Seconds} s to finish")]
    public static partial void Draining(ILogger logger, double seconds);

    [LoggerMessage(5108, LogLevel.Warning, "The container in service before could not be brought back: {Message}")]
    public static partial void NotBroughtBack(ILogger logger, string message);

    [LoggerMessage(5109, LogLevel.Warning, "{Message}")]
    public static partial void DescriptorsShort(ILogger logger, string message);

    [LoggerMessage(5110, LogLevel.Warning, "{Message}")]
    public static partial void FileIsOpen(ILogger logger, string message);

    [LoggerMessage(5111, LogLevel.Information, "Certificate files changed: {Count} certificates are in service")]
    public static partial void CertificatesRenewed(ILogger logger, int count);

    [LoggerMessage(5112, LogLevel.Warning, "A certificate file cannot be used, and its last good certificate stays in service: {Message}")]
    public static partial void CertificatesFailed(ILogger logger, string message);

    [LoggerMessage(5113, LogLevel.Warning, "{Message}")]
    public static partial void ChallengesMayNotArrive(ILogger logger, string message);

    [LoggerMessage(5115, LogLevel.Warning, "The access log goes on in the file as it is: {Message}")]
    public static partial void AccessLogTrouble(ILogger logger, string message);

    [LoggerMessage(5116, LogLevel.Warning, "The access log goes on in the file as it is: {Count} more times in 10 s, the last because of: {Last}")]
    public static partial void AccessLogTroubleMore(ILogger logger, long count, string? last);

    [LoggerMessage(5120, LogLevel.Warning, "OpenTelemetry: {Signal} do not reach {Endpoint}, which is tried again: {Problem}")]
    public static partial void ExportFailed(ILogger logger, string signal, string endpoint, string problem);

    [LoggerMessage(5121, LogLevel.Warning, "OpenTelemetry: {Signal} stopped reaching their receiver {Count} times more; lately: {Problem}")]
    public static partial void ExportsFailed(ILogger logger, string signal, long count, string problem);

    [LoggerMessage(5122, LogLevel.Information, "OpenTelemetry: {Signal} reach {Endpoint} again")]
    public static partial void ExportWorks(ILogger logger, string signal, string endpoint);

    [LoggerMessage(5190, LogLevel.Warning, "The start did not end after a signal: the process ends at once")]
    public static partial void StartHangs(ILogger logger);

    [LoggerMessage(5191, LogLevel.Error, "Background work failed; the service goes on")]
    public static partial void Uncaught(ILogger logger, Exception exception);

    [LoggerMessage(5107, LogLevel.Information, "The process ends")]
    public static partial void Ended(ILogger logger);
}
