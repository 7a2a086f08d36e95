using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Explanations.Causes;

namespace WunderProxy.Deployments.Explanations;

/// <summary>Judges from its evidence what made a launch fail.</summary>
internal static class LaunchCauses
{
    /// <summary>
    /// The judges, in order: the first that recognises its cause decides. What killed the container goes before what it
    /// said, and what it said before its exit code.
    /// </summary>
    private static readonly Func<FailedLaunch, LikelyCause?>[] Judges =
    [
        OutOfMemory.Find,
        NoSpace.Find,
        ForeignProgram.Find,
        PortTaken.Find,
        CommandMissing.Find,
        MissingVariable.Find,
        Exited.Find,
        PullFailure.Find,
        ImageArchiveFailure.Find,
        HttpsRedirect.Find,
        OtherRedirect.Find,
        HealthPathStatus.Find,
        ListensElsewhere.Find,
        Unanswered.Find,
        Unreachable.Find,
        OwnHealthcheck.Find,
        RefusedConfig.Find,
        AbsentPart.Find,
        EngineRefusal.Find,
    ];

    /// <summary>Returns the likely cause of a failed launch; one that is unknown says so.</summary>
    public static LikelyCause Judge(FailedLaunch launch) =>
        Judges.Select(judge => judge(launch)).FirstOrDefault(cause => cause is not null) ?? Unknown(launch);

    private static LikelyCause Unknown(FailedLaunch launch) => new(
        LikelyCause.UnknownCode,
        $"The cause is not clear from the evidence. The launch ended with {launch.Code}: {launch.Message}",
        "Read the log lines and the probes below, and the container's log where it is collected.")
    {
        PublicText = "The cause is not clear from the evidence.",
    };
}
