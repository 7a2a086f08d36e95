using System.Globalization;
using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Explanations.Causes;

/// <summary>The container's first process ended by itself.</summary>
internal static class Exited
{
    private const int SignalBase = 128;

    /// <summary>Returns the cause, or null if it is another one.</summary>
    public static LikelyCause? Find(FailedLaunch launch)
    {
        if (!launch.HasExited())
        {
            return null;
        }

        var code = launch.Details?.ExitCode;
        var when = string.Create(CultureInfo.InvariantCulture, $"{LifeOf(launch):0.#} s after its start");
        var ended = launch.Code == LaunchFailure.RestartLoop
            ? $"The container's process ended and the engine started it again while the launch waited{(code is null ? "" : $"; exit code {code}")}."
            : code is null ? $"The container's process ended {when}."
            : $"The container's process ended {when} with exit code {code}{MeaningOf(code.Value)}.";
        var last = launch.LastLines().FirstOrDefault(line => line.Trim().Length > 0)?.Trim();
        return new LikelyCause(
            "exited",
            ended + (last is null ? " It wrote nothing that could be read." : $" Its last line: {last}"),
            code == 0
                ? "The first process must stay in the foreground: start the server without a daemon option, and check that Cmd is the server and not a one-time task."
                : "Read the log lines below: the application ends by itself. Running the image by hand with the same environment shows the same.")
        {
            PublicText = ended,
        };
    }

    /// <summary>How long the container ran, in seconds: what the launch took after it had started the container.</summary>
    private static double LifeOf(FailedLaunch launch) =>
        launch.Steps.Where(step => step.Step is "starting" or "checking").Sum(step => step.Seconds);

    private static string MeaningOf(long code) => code switch
    {
        0 => ", that is in order",
        1 => "",
        SignalBase + 6 => " (SIGABRT: it ended itself)",
        SignalBase + 9 => " (SIGKILL: somebody killed it)",
        SignalBase + 11 => " (SIGSEGV: it crashed)",
        SignalBase + 15 => " (SIGTERM: somebody stopped it)",
        > SignalBase and < SignalBase + 65 => string.Create(CultureInfo.InvariantCulture, $" (signal {code - SignalBase})"),
        _ => "",
    };
}
