using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Explanations.Causes;

/// <summary>The image's own <c>HEALTHCHECK</c> says unhealthy.</summary>
internal static class OwnHealthcheck
{
    /// <summary>Returns the cause, or null if it is another one.</summary>
    public static LikelyCause? Find(FailedLaunch launch)
    {
        const string Text = "The container's own HEALTHCHECK says unhealthy, which counts whatever the health-check path answers.";
        return launch.Code == LaunchFailure.Healthcheck
            ? new LikelyCause(
                "own_healthcheck",
                Text,
                "Run the command of the HEALTHCHECK in the container to see why it fails; ContainerConfig.Healthcheck in the launch config replaces it.")
            {
                PublicText = Text,
            }
            : null;
    }
}
