using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>Reads launch configs that a user names on a command line.</summary>
public static class LaunchConfigFile
{
    /// <summary>
    /// Reads a file, or a pipe that is already open, such as <c>/dev/stdin</c> or a shell's <c>&lt;(command)</c>.
    /// </summary>
    /// <exception cref="IOException">The path is another pipe, has more than 1 MiB, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not read the path.</exception>
    /// <exception cref="InvalidLaunchConfigException">The content is not a launch config.</exception>
    public static LaunchConfig Load(string path) => LaunchConfig.Parse(BoundedFile.ReadAny(path, DocumentLimits.LaunchConfig));

    /// <summary>Reads a launch config from standard input.</summary>
    /// <exception cref="IOException">The input has more than 1 MiB, or cannot be read.</exception>
    /// <exception cref="InvalidLaunchConfigException">The input is not a launch config.</exception>
    public static LaunchConfig Read(Stream input) =>
        LaunchConfig.Parse(BoundedFile.ReadAll(input, "standard input", DocumentLimits.LaunchConfig));
}
