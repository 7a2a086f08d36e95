using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Explanations.Causes;

/// <summary>The kernel killed the container because it used more memory than its limit or the machine allows.</summary>
internal static class OutOfMemory
{
    /// <summary>Returns the cause, or null if it is another one.</summary>
    public static LikelyCause? Find(FailedLaunch launch)
    {
        if (launch.Code != LaunchFailure.OutOfMemory)
        {
            return null;
        }

        var limit = launch.Details?.MemoryLimit;
        var used = launch.Details?.MemoryPeak is { } peak
            ? $" When it was last measured, the container had used up to {Evidence.Size(peak)}."
            : " It ended before its memory could be measured.";
        var text = limit is { } bytes
            ? $"The kernel killed the container because it needed more memory than its limit of {Evidence.Size(bytes)}.{used}"
            : $"The kernel killed the container because the machine ran out of memory; the container has no limit of its own.{used}";
        return new LikelyCause(
            "oom",
            text,
            limit is null
                ? "Free memory on the machine, or give the containers on it limits (HostConfig.Memory)."
                : "Raise HostConfig.Memory in the launch config, or let the application use less (fewer workers, a smaller heap).")
        {
            PublicText = text,
        };
    }
}
