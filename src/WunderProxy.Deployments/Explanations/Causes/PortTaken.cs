using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Explanations.Causes;

/// <summary>Another process or container has the port that the container wants.</summary>
internal static class PortTaken
{
    private static readonly string[] Complaints =
        ["port is already allocated", "address already in use", "EADDRINUSE", "ports are not available", "bind: permission denied"];

    /// <summary>Returns the cause, or null if it is another one.</summary>
    public static LikelyCause? Find(FailedLaunch launch)
    {
        if (!launch.Says(Complaints))
        {
            return null;
        }

        return new LikelyCause(
            "port_taken",
            $"A port that the container wants is taken: {launch.Line(Complaints) ?? launch.Message}",
            "Leave HostPort in PortBindings empty, so that the engine picks a free port and the earlier revision can keep its own until the switch, or stop what uses the port.")
        {
            PublicText = "A port that the container wants is taken.",
        };
    }
}
