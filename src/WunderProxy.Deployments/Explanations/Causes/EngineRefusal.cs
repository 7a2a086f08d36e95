using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Explanations.Causes;

/// <summary>The engine refuses to create or start the container, for a reason that no other judge knows.</summary>
internal static class EngineRefusal
{
    /// <summary>Returns the cause, or null if it is another one.</summary>
    public static LikelyCause? Find(FailedLaunch launch) =>
        launch.Code is LaunchFailure.CreateFailed or LaunchFailure.StartFailed or LaunchFailure.EngineError
            ? new LikelyCause(
                "engine_refusal",
                $"The engine refuses the container, in its own words: {launch.Message}",
                "Correct what the engine names in ContainerConfig or HostConfig: a network, a volume, a device or a value.")
            {
                PublicText = "The engine refuses to create or start the container.",
            }
            : null;
}
