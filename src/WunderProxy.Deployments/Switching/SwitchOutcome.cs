using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.History;

namespace WunderProxy.Deployments.Switching;

/// <summary>The result of a switch of traffic.</summary>
/// <param name="Previous">The deployment that was current before; null if there was none, or nothing changed.</param>
/// <param name="Measured">What was measured of both deployments, for the event; null if nothing was.</param>
internal sealed record SwitchOutcome(Deployment? Previous, SwitchMeasurement? Measured);
