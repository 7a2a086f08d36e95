namespace WunderProxy.Deployments.Contracts;

/// <summary>The last switch and what it led to.</summary>
/// <param name="Switch">The switch, with the numbers of both revisions.</param>
/// <param name="Cause">What the numbers say about it.</param>
public sealed record SwitchExplanation(SwitchRecord Switch, LikelyCause Cause)
{
    /// <summary>Returns what callers without rights may see.</summary>
    public SwitchExplanation ForAnybody() => new(Switch.ForAnybody(), Cause.ForAnybody());
}
