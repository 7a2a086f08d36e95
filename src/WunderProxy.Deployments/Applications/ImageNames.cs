using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Applications;

/// <summary>
/// The names of an application's images: a launch config names its own, or the image is <c>localhost:N/APP:REVISION</c>.
/// </summary>
/// <param name="app">The application's name.</param>
/// <param name="registryPort">N.</param>
internal sealed class ImageNames(string app, int registryPort)
{
    /// <summary><c>localhost:N/APP</c>, without a tag.</summary>
    public string Repository => $"localhost:{registryPort}/{app}";

    /// <summary>The name of an image that the launch config does not name.</summary>
    public string Default(string revision) => $"{Repository}:{revision}";

    /// <summary>The name of a launch config's image, which need not be a legal one.</summary>
    public string Of(LaunchConfig config) => config.Image.Length > 0 ? config.Image : Default(config.Revision);

    /// <summary>The name of a launch config's image.</summary>
    /// <exception cref="InvalidLaunchConfigException">
    /// The launch config names none, and the application's name cannot be part of one.
    /// </exception>
    public string DemandOf(LaunchConfig config) => config.Image.Length > 0 || ImageName.IsPath(app)
        ? Of(config)
        : throw new InvalidLaunchConfigException(
            "ContainerConfig.Image",
            $"is needed: the application's name '{app}' cannot be part of an image's name, which has lower-case "
            + "letters and digits with '.', '_', '__' or '-' between them");

    /// <summary>Whether an image has a name that we gave.</summary>
    public bool IsOwn(string image) => image.StartsWith(Repository + ":", StringComparison.Ordinal);
}
