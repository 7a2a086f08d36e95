using System.Runtime.InteropServices;

namespace WunderProxy.Hosting;

/// <summary>The process's limit of open files (getrlimit(2)), which bounds the number of connections.</summary>
internal static partial class DescriptorLimit
{
    private const int NumberOfFiles = 7;
    private const int Fallback = 1024;

    /// <summary>Raises the soft limit to the hard one.</summary>
    /// <returns>The limit now in force.</returns>
    public static int Raise()
    {
        if (!OperatingSystem.IsLinux() || GetResourceLimit(NumberOfFiles, out var limit) != 0)
        {
            return Fallback;
        }

        var raised = limit with { Soft = limit.Hard };
        var holds = SetResourceLimit(NumberOfFiles, in raised) == 0 ? limit.Hard : limit.Soft;
        return (int)Math.Min(holds, int.MaxValue);
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetResourceLimit(int resource, out ResourceLimit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetResourceLimit(int resource, in ResourceLimit limit);

    [StructLayout(LayoutKind.Sequential)]
    private record struct ResourceLimit(nuint Soft, nuint Hard);
}
