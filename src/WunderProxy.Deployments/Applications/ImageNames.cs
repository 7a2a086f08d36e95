using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Applications;

/// <summary>
/// The names of an application's images: the one that a launch config names, else <c>localhost:N/APP:REVISION</c>.
/// </summary>
/// <param name="app">Name of the application.</param>
/// <param name="registryPort">Port of the registry, the N of the name.</param>
internal sealed class ImageNames(string app, int registryPort)
{
    /// <summary>Repository of images that this program names: <c>localhost:N/APP</c>, without a tag.</summary>
    public string Repository => $"localhost:{registryPort}/{app}";

    /// <summary>The name of an image that the launch config does not name.</summary>
    public string Default(string revision) => $"{Repository}:{revision}";

    /// <summary>Returns the name of a launch config's image, which may be invalid.</summary>
    public string Of(LaunchConfig config) => config.Image.Length > 0 ? config.Image : Default(config.Revision);

    /// <summary>Returns the name of a launch config's image, which is valid.</summary>
    /// <exception cref="InvalidLaunchConfigException">
    /// The launch config names no image, and the application's name cannot be part of an image name.
    /// </exception>
    public string DemandOf(LaunchConfig config) => config.Image.Length > 0 || ImageName.IsPath(app)
        ? Of(config)
        : throw new InvalidLaunchConfigException(
            "ContainerConfig.Image",
            $"is needed: the application's name '{app}' cannot be part of an image's name, which has lower-case "
            + "letters and digits with '.', '_', '__' or '-' between them");

    /// <summary>Whether an image has a name that this program gave.</summary>
    public bool IsOwn(string image) => image.StartsWith(Repository + ":", StringComparison.Ordinal);
}
