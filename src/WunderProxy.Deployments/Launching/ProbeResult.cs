using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Launching;

/// <summary>The result of one probe of a container.</summary>
/// <param name="At">When the probe began.</param>
/// <param name="Reason">Why the probe succeeded or failed.</param>
/// <param name="Elapsed">Duration of the probe.</param>
internal readonly record struct ProbeResult(DateTimeOffset At, ProbeReason Reason, TimeSpan Elapsed)
{
    public bool IsHealthy => Reason.IsHealthy;

    /// <summary>Where a redirect leads, as the container wrote it; null if the answer was no redirect.</summary>
    public string? Location { get; init; }

    public ProbeView ToView() => new(At, Reason.Code, Math.Round(Elapsed.TotalSeconds, 4)) { Location = Location };
}
