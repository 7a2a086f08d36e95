using WunderProxy.Deployments.History;

namespace WunderProxy.Deployments.Lifecycle;

/// <summary>A switch that is watched, with what it takes to undo it without the store.</summary>
/// <param name="Next">What is current now.</param>
/// <param name="Previous">What was before.</param>
/// <param name="PreviousConfig">Bytes of its launch config; empty when they are not known.</param>
/// <param name="Intent">What the history is told of the switch; null when somebody else tells it.</param>
/// <param name="Hold">Completed at the end: the one before may be retired.</param>
internal sealed record GuardedSwitch(
    Deployment Next, Deployment Previous, byte[] PreviousConfig, DeploymentIntent? Intent, TaskCompletionSource Hold);
