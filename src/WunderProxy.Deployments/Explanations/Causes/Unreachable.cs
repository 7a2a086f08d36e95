using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Explanations.Causes;

/// <summary>The container has no address that this machine can reach.</summary>
internal static class Unreachable
{
    /// <summary>Returns the cause, or null if it is another one.</summary>
    public static LikelyCause? Find(FailedLaunch launch)
    {
        const string Text = "The container has no address that this machine can reach: its network mode gives it none, or it shares no network with the manager and publishes no port.";
        return launch.Code == LaunchFailure.NoRoute
            ? new LikelyCause(
                "no_route",
                Text,
                "Use NetworkMode default or a network that the manager shares, or publish the port in PortBindings.")
            {
                PublicText = Text,
            }
            : null;
    }
}
