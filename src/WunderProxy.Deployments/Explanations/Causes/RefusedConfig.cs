using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Explanations.Causes;

/// <summary>The launch config itself cannot be used.</summary>
internal static class RefusedConfig
{
    private static readonly string Mismatch = DeploymentErrorCode.Of(DeploymentError.HashMismatch);
    private static readonly string Restricted = DeploymentErrorCode.Of(DeploymentError.Restricted);
    private static readonly string Invalid = DeploymentErrorCode.Of(DeploymentError.InvalidConfig);
    private static readonly string Ambiguous = DeploymentErrorCode.Of(DeploymentError.AmbiguousPort);
    private static readonly string Missing = DeploymentErrorCode.Of(DeploymentError.NotFound);

    /// <summary>Returns the cause, or null if it is another one.</summary>
    public static LikelyCause? Find(FailedLaunch launch) =>
        launch.Code == Mismatch ? Of(
            "hash_mismatch",
            launch,
            "The stored launch config is not the one that its hash names: its bytes were changed or cut short",
            "Store the launch config again; wunderproxy deploy does so under the hash of its exact bytes.")
        : launch.Code == Restricted ? Of(
            "restricted_field",
            launch,
            "The launch config uses what --restrict does not allow",
            "Leave the field out; the reference lists what is allowed. Or start the manager without --restrict.")
        : launch.Code == Invalid ? Of(
            "invalid_config", launch, "The launch config is not valid", "Correct the field that the message names, and deploy again.")
        : launch.Code == Ambiguous ? Of(
            "ambiguous_port",
            launch,
            "Several ports are exposed, and the launch config does not say which one takes traffic",
            "Set ContainerPort in the launch config.")
        : launch.Code == Missing ? Of(
            "config_missing",
            launch,
            "The store has no launch config of this name",
            "Store the launch config first, or correct the hash; history lists the hashes that were deployed.")
        : null;

    private static LikelyCause Of(string code, FailedLaunch launch, string what, string advice) =>
        new(code, $"{what}: {launch.Message}", advice) { PublicText = $"{what}." };
}
