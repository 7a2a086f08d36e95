using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Explanations.Causes;

/// <summary>The image has no file that the container could start, or may not run it.</summary>
internal static class CommandMissing
{
    private const int NotExecutable = 126;
    private const int NotFound = 127;

    /// <summary>Returns the cause, or null if it is another one.</summary>
    public static LikelyCause? Find(FailedLaunch launch)
    {
        var isRefused = launch.Code is LaunchFailure.StartFailed or LaunchFailure.CreateFailed
            && launch.SaysMessage("executable file not found", "no such file or directory", "permission denied", "no command specified");
        var code = launch.HasExited() ? launch.Details?.ExitCode : null;
        if (!isRefused && code is not (NotExecutable or NotFound))
        {
            return null;
        }

        var last = launch.LastLines().FirstOrDefault()?.Trim();
        var text = isRefused
            ? $"The engine cannot start the container's command: {launch.Message}"
            : $"The container's command was not found or may not be run (exit code {code}){(last is null ? "." : $": {last}")}";
        return new LikelyCause(
            "command_missing",
            text,
            "Check Entrypoint and Cmd of the launch config against the files in the image, their mode and their first line.")
        {
            PublicText = "The command that the container starts is missing in its image, or may not be run.",
        };
    }
}
