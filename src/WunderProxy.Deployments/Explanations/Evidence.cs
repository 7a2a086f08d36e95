using System.Globalization;
using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Explanations;

/// <summary>What judges ask of a failed launch.</summary>
internal static class Evidence
{
    private const string StatusStart = "status_";

    /// <summary>Number of log lines, from the last one, that may tell why a container ended.</summary>
    private const int LastWords = 10;

    /// <summary>The last lines of the container's log, the last one first.</summary>
    public static IEnumerable<string> LastLines(this FailedLaunch launch) => (launch.Details?.Log ?? []).Reverse().Take(LastWords);

    /// <summary>Whether the message or one of the last log lines contains one of these texts, in any case.</summary>
    public static bool Says(this FailedLaunch launch, params ReadOnlySpan<string> texts) =>
        IsSaid(launch.Message, texts) || Line(launch, texts) is not null;

    /// <summary>Whether the message contains one of these texts, in any case.</summary>
    public static bool SaysMessage(this FailedLaunch launch, params ReadOnlySpan<string> texts) => IsSaid(launch.Message, texts);

    /// <summary>Returns the last of the log's last lines that contains one of these texts; null if none does.</summary>
    public static string? Line(this FailedLaunch launch, params ReadOnlySpan<string> texts)
    {
        foreach (var line in launch.LastLines())
        {
            if (IsSaid(line, texts))
            {
                return line.Trim();
            }
        }

        return null;
    }

    /// <summary>The status with which the health-check path was answered last; null if there was no answer.</summary>
    public static int? Status(this FailedLaunch launch) =>
        launch.Code.StartsWith(StatusStart, StringComparison.Ordinal)
            && int.TryParse(launch.Code.AsSpan(StatusStart.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            ? status
            : null;

    /// <summary>Where the last redirect led; null if no probe was redirected.</summary>
    public static string? Location(this FailedLaunch launch) =>
        launch.Details?.Probes?.LastOrDefault(probe => probe.Location is not null)?.Location;

    /// <summary>Whether the container's first process ended.</summary>
    public static bool HasExited(this FailedLaunch launch) => launch.Code is LaunchFailure.ExitCode or LaunchFailure.RestartLoop;

    /// <summary>Returns a number of bytes in words, such as <c>64 MiB</c>.</summary>
    public static string Size(long bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MiB");

    private static bool IsSaid(string line, ReadOnlySpan<string> texts)
    {
        foreach (var text in texts)
        {
            if (line.Contains(text, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
