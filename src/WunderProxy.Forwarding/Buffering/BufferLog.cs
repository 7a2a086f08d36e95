using Microsoft.Extensions.Logging;

namespace WunderProxy.Forwarding.Buffering;

/// <summary>Log messages about buffered bodies, event ids from 2200.</summary>
internal static partial class BufferLog
{
    [LoggerMessage(2200, LogLevel.Warning,
        "Bodies are buffered in memory only, because {Directory} cannot hold temporary files: {Fault}; name another directory with --buffer-directory")]
    public static partial void NoDisk(ILogger logger, string directory, string fault);

    [LoggerMessage(2201, LogLevel.Warning,
        "A temporary file in {Directory} failed: {Fault}; until it works, responses wait for slow clients, and large requests that are to be held are refused")]
    public static partial void DiskFailed(ILogger logger, string? directory, string fault);

    [LoggerMessage(2202, LogLevel.Warning,
        "Temporary files in {Directory} failed {Count} more times in {Seconds} s, the last time because of: {Fault}")]
    public static partial void DiskStillFails(ILogger logger, string? directory, long count, int seconds, object? fault);
}
