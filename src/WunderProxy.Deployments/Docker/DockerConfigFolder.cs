namespace WunderProxy.Deployments.Docker;

/// <summary>Finds the folder of the Docker client's settings: <c>$DOCKER_CONFIG</c>, else <c>~/.docker</c>.</summary>
internal static class DockerConfigFolder
{
    /// <summary>Returns the path of the Docker client's settings folder.</summary>
    /// <param name="environment">Looks up an environment variable.</param>
    public static string Of(Func<string, string?> environment) =>
        environment("DOCKER_CONFIG") is { Length: > 0 } folder
            ? folder
            : Path.Combine(environment("HOME") is { Length: > 0 } home ? home : HomeOfUser(), ".docker");

    /// <summary>
    /// Without HOME, the system's list of users gives the home directory, as in the Docker client: not every user is
    /// root.
    /// </summary>
    private static string HomeOfUser() =>
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } home
            ? home
            : "/";
}
