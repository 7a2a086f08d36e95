using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Launching;

/// <summary>The result of one probe.</summary>
/// <param name="At">When the probe began.</param>
/// <param name="Reason">
/// <c>ok</c>, or the reason of the failure: <c>refused</c>, <c>timeout</c>, <c>no_route</c>, <c>closed</c>,
/// <c>status_503</c>.
/// </param>
/// <param name="Elapsed">Duration of the probe.</param>
internal readonly record struct ProbeResult(DateTimeOffset At, string Reason, TimeSpan Elapsed)
{
    public const string Healthy = "ok";

    public bool IsHealthy => Reason == Healthy;

    public ProbeView ToView() => new(At, Reason, Math.Round(Elapsed.TotalSeconds, 4));
}
