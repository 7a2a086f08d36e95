using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Launching;

/// <summary>What one probe found.</summary>
/// <param name="At">When it began.</param>
/// <param name="Reason"><c>ok</c>, or why not: <c>refused</c>, <c>timeout</c>, <c>no_route</c>, <c>closed</c>, <c>status_503</c>.</param>
/// <param name="Elapsed">How long it took.</param>
internal readonly record struct ProbeResult(DateTimeOffset At, string Reason, TimeSpan Elapsed)
{
    public const string Healthy = "ok";

    public bool IsHealthy => Reason == Healthy;

    public ProbeView ToView() => new(At, Reason, Math.Round(Elapsed.TotalSeconds, 4));
}
