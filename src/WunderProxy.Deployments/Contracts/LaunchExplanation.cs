namespace WunderProxy.Deployments.Contracts;

/// <summary>The last failed launch and its likely cause.</summary>
/// <param name="Launch">The launch, with the evidence.</param>
/// <param name="Cause">What most likely made the launch fail.</param>
public sealed record LaunchExplanation(FailedLaunch Launch, LikelyCause Cause)
{
    /// <summary>Returns what callers without rights may see.</summary>
    public LaunchExplanation ForAnybody() => new(Launch.ForAnybody(), Cause.ForAnybody());
}
