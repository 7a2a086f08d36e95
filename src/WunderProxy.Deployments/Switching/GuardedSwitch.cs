using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.Records;

namespace WunderProxy.Deployments.Switching;

/// <summary>A switch that is watched, with what it takes to undo it without the store.</summary>
/// <param name="Next">What is current now.</param>
/// <param name="Previous">What was before.</param>
/// <param name="Before">The local record of before the switch.</param>
/// <param name="Intent">What the history is told of the switch; null when somebody else tells it.</param>
/// <param name="Hold">Completed at the end: the one before may be retired.</param>
internal sealed record GuardedSwitch(
    Deployment Next, Deployment Previous, LifecycleRecord Before, DeploymentIntent? Intent, TaskCompletionSource Hold)
{
    /// <summary>Names the watch to the caller and in <c>/status</c>.</summary>
    public string Id { get; } = DeploymentIntent.NewId();

    /// <summary>Bytes of the launch config that served before; empty when they are not known.</summary>
    public byte[] PreviousConfig => Before.Hash == Previous.Hash ? Before.Config : Previous.Config;
}
