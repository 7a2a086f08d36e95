using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Explanations.Causes;

/// <summary>The image cannot be pulled: it does not exist, the registry refuses it, or does not answer.</summary>
internal static class PullFailure
{
    /// <summary>Returns the cause, or null if it is another one.</summary>
    public static LikelyCause? Find(FailedLaunch launch) => launch.Code switch
    {
        LaunchFailure.PullTimeout => new LikelyCause(
            "pull_stalled",
            $"The pull of the image made no progress for too long: {launch.Message}",
            "Check the network between the machine and the registry, and deploy again: layers that are complete are not pulled twice.")
        {
            PublicText = "The pull of the image made no progress for too long.",
        },
        LaunchFailure.PullFailed or LaunchFailure.ImageNotFound => CauseOf(launch),
        _ => null,
    };

    private static LikelyCause CauseOf(FailedLaunch launch)
    {
        if (launch.SaysMessage("unauthorized", "authentication required", "denied", "no basic auth", "asked without a login"))
        {
            return new LikelyCause(
                "pull_refused",
                $"The registry refuses to give the image: {launch.Message}",
                "Log in to the registry as the user of the manager (docker login), or check that its account may read the image.")
            {
                PublicText = "The registry refuses to give the image.",
            };
        }

        if (launch.Code == LaunchFailure.ImageNotFound
            || launch.SaysMessage("manifest unknown", "manifest for", "not found", "name unknown", "repository does not exist"))
        {
            return new LikelyCause(
                "image_missing",
                $"The image is neither on the machine nor in the registry: {launch.Message}",
                "Push the image before the deploy, and compare Revision and Image of the launch config with what was pushed.")
            {
                PublicText = "The image is neither on the machine nor in the registry.",
            };
        }

        return new LikelyCause(
            "registry_unreachable",
            $"The image cannot be pulled: {launch.Message}",
            "Check that the machine reaches the registry, that the registry runs, and that --registry-port is its port.")
        {
            PublicText = "The image cannot be pulled from the registry.",
        };
    }
}
