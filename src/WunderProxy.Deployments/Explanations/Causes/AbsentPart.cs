using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Explanations.Causes;

/// <summary>A part that the launch needs does not answer or refuses: engine, store or state directory.</summary>
internal static class AbsentPart
{
    private static readonly string Engine = DeploymentErrorCode.Of(DeploymentError.EngineUnavailable);
    private static readonly string Denied = DeploymentErrorCode.Of(DeploymentError.StoreDenied);
    private static readonly string Store = DeploymentErrorCode.Of(DeploymentError.StoreUnavailable);
    private static readonly string State = DeploymentErrorCode.Of(DeploymentError.StateUnwritable);

    /// <summary>Returns the cause, or null if it is another one.</summary>
    public static LikelyCause? Find(FailedLaunch launch) =>
        launch.Code == Engine ? Of(
            "engine_away", launch, "The Docker engine does not answer", "Check that the engine runs and that --docker-host is its address; traffic goes on meanwhile.")
        : launch.Code == Denied ? Of(
            "store_denied", launch, "The store refuses the manager's credentials", "Check the key's rights; a deploy through the manager has to write.")
        : launch.Code == Store ? Of(
            "store_away", launch, "The store does not answer", "Check network and store, and deploy again; traffic goes on meanwhile.")
        : launch.Code == State ? Of(
            "state_unwritable", launch, "The state directory cannot be written, so that nothing was switched", "Free space there, or correct its owner and mode.")
        : null;

    private static LikelyCause Of(string code, FailedLaunch launch, string what, string advice) =>
        new(code, $"{what}: {launch.Message}", advice) { PublicText = $"{what}." };
}
