using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Launching;

/// <summary>What one probe found.</summary>
/// <param name="At">When it began.</param>
/// <param name="Reason">Why it counts as it does.</param>
/// <param name="Elapsed">How long it took.</param>
internal readonly record struct ProbeResult(DateTimeOffset At, ProbeReason Reason, TimeSpan Elapsed)
{
    public bool IsHealthy => Reason.IsHealthy;

    public ProbeView ToView() => new(At, Reason.Code, Math.Round(Elapsed.TotalSeconds, 4));
}
