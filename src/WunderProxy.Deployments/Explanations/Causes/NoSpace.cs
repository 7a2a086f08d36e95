using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Explanations.Causes;

/// <summary>A disk of the machine is full.</summary>
internal static class NoSpace
{
    /// <summary>Returns the cause, or null if it is another one.</summary>
    public static LikelyCause? Find(FailedLaunch launch)
    {
        if (!launch.Says("no space left on device", "disk quota exceeded", "not enough space"))
        {
            return null;
        }

        var line = launch.Line("no space left on device", "disk quota exceeded", "not enough space") ?? launch.Message;
        return new LikelyCause(
            "no_space",
            $"A disk is full: {line}",
            "Free space where the engine keeps its data (docker system df shows what uses it, docker image prune frees images that nothing uses), or lower --keep.")
        {
            PublicText = "A disk of the machine is full.",
        };
    }
}
