using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Launching;

/// <summary>The result of one probe of a container.</summary>
/// <param name="At">When the probe began.</param>
/// <param name="Reason">Why the probe succeeded or failed.</param>
/// <param name="Elapsed">Duration of the probe.</param>
internal readonly record struct ProbeResult(DateTimeOffset At, ProbeReason Reason, TimeSpan Elapsed)
{
    public bool IsHealthy => Reason.IsHealthy;

    public ProbeView ToView() => new(At, Reason.Code, Math.Round(Elapsed.TotalSeconds, 4));
}
