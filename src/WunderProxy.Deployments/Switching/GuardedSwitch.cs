using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Records;

namespace WunderProxy.Deployments.Switching;

/// <summary>A switch that a guard watches, with everything needed to undo it without the store.</summary>
/// <param name="Next">The deployment that is current now.</param>
/// <param name="Previous">The deployment that was current before.</param>
/// <param name="Before">The local record as it was before the switch.</param>
/// <param name="Intent">
/// What the history is to be told about the switch; null if another deployer writes the history.
/// </param>
/// <param name="Hold">Completed when the watch ends, so that the previous container may be retired.</param>
internal sealed record GuardedSwitch(
    Deployment Next, Deployment Previous, LifecycleRecord Before, DeploymentIntent? Intent, TaskCompletionSource Hold)
{
    /// <summary>Id of the watch for the caller and in <c>/status</c>.</summary>
    public string Id { get; } = DeploymentIntent.NewId();

    /// <summary>The launch config that served before; null if unknown.</summary>
    public LaunchConfig? PreviousConfig =>
        Previous.Config ?? (Before.Hash == Previous.Hash.Value ? LaunchConfig.Find(Before.Config) : null);
}
