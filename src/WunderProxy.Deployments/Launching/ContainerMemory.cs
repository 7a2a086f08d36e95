using System.Globalization;
using WunderProxy.Deployments.Docker.Models;

namespace WunderProxy.Deployments.Launching;

/// <summary>
/// Reads from the kernel how much memory a container on this machine has used. The engine's own statistics take a second
/// for each answer, which is too long between two probes.
/// </summary>
internal static class ContainerMemory
{
    private const string Root = "/sys/fs/cgroup";

    /// <summary>Files with a number of bytes: cgroup v2 (the peak from Linux 5.19 on), then v1.</summary>
    private static readonly string[] Files = ["memory.peak", "memory.current", "memory.max_usage_in_bytes"];

    /// <summary>Returns the most memory in bytes that the container has used; null if this cannot be read here.</summary>
    /// <param name="running">The inspected container, which runs.</param>
    public static long? FindPeak(ContainerDetails running)
    {
        if (running.State.Pid <= 0)
        {
            return null;
        }

        try
        {
            var lines = File.ReadAllLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{running.State.Pid}/cgroup"));
            // Seen from inside a container, the process id may belong to another process.
            return FindFolder(lines, running.Id) is { } folder ? ReadFirst(Root + folder) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Finds the folder of the container's memory in <c>/proc/PID/cgroup</c> (cgroups(7)).</summary>
    internal static string? FindFolder(IEnumerable<string> lines, string container)
    {
        foreach (var line in lines)
        {
            // hierarchy:controllers:path, and 0::path for cgroup v2.
            var parts = line.Split(':', 3);
            if (parts.Length < 3 || !parts[2].Contains(container, StringComparison.Ordinal))
            {
                continue;
            }

            if (parts[1].Split(',').Contains("memory", StringComparer.Ordinal))
            {
                return "/memory" + parts[2];
            }

            if (parts[0] == "0" && parts[1].Length == 0)
            {
                return parts[2];
            }
        }

        return null;
    }

    private static long? ReadFirst(string folder)
    {
        foreach (var path in Files.Select(file => Path.Combine(folder, file)).Where(File.Exists))
        {
            return long.TryParse(File.ReadAllText(path).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
                ? bytes
                : null;
        }

        return null;
    }
}
