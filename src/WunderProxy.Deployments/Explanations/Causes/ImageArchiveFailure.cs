using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Explanations.Causes;

/// <summary>The image archive of the launch config's bucket cannot be loaded, or holds other images.</summary>
internal static class ImageArchiveFailure
{
    /// <summary>Returns the cause, or null if it is another one.</summary>
    public static LikelyCause? Find(FailedLaunch launch) => launch.Code switch
    {
        LaunchFailure.LoadFailed => new LikelyCause(
            "load_failed",
            $"The image archive cannot be loaded: {launch.Message}",
            "Make the archive anew with docker save, with gzip or without compression, and store it again.")
        {
            PublicText = "The image archive cannot be loaded.",
        },
        "image_mismatch" => new LikelyCause(
            "image_mismatch",
            $"The image archive holds other images than the wanted one: {launch.Message}",
            "Save exactly the image of this revision into the archive.")
        {
            PublicText = "The image archive holds other images than the wanted one.",
        },
        _ => null,
    };
}
