using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>Reads launch configs that a person names on a command line.</summary>
public static class LaunchConfigFile
{
    /// <summary>Reads a file, or a pipe that is open already: <c>/dev/stdin</c>, a shell's <c>&lt;(command)</c>.</summary>
    /// <exception cref="IOException">It is another pipe, has more than 1 MiB, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="InvalidLaunchConfigException">It is no launch config.</exception>
    public static LaunchConfig Load(string path) => LaunchConfig.Parse(BoundedFile.ReadAny(path, DocumentLimits.LaunchConfig));

    /// <summary>Reads standard input to its end.</summary>
    /// <exception cref="IOException">It has more than 1 MiB, or cannot be read.</exception>
    /// <exception cref="InvalidLaunchConfigException">It is no launch config.</exception>
    public static LaunchConfig Read(Stream input) =>
        LaunchConfig.Parse(BoundedFile.ReadAll(input, "standard input", DocumentLimits.LaunchConfig));
}
