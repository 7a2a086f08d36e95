using System.Diagnostics;

namespace WunderProxy.Deployments.Contracts;

/// <summary>The names of <see cref="DeploymentError"/> values on the wire.</summary>
public static class DeploymentErrorCode
{
    /// <summary>Returns the name of an error in snake case, as scripts see it.</summary>
    public static string Of(DeploymentError error) => error switch
    {
        DeploymentError.BadHash => "bad_hash",
        DeploymentError.NotFound => "not_found",
        DeploymentError.Busy => "busy",
        DeploymentError.NotRunning => "not_running",
        DeploymentError.Unhealthy => "unhealthy",
        DeploymentError.HashMismatch => "hash_mismatch",
        DeploymentError.InvalidConfig => "invalid_config",
        DeploymentError.Restricted => "restricted",
        DeploymentError.AmbiguousPort => "ambiguous_port",
        DeploymentError.ImageMismatch => "image_mismatch",
        DeploymentError.LaunchFailed => "launch_failed",
        DeploymentError.StoreDenied => "store_denied",
        DeploymentError.StoreUnavailable => "store_unavailable",
        DeploymentError.EngineUnavailable => "engine_unavailable",
        DeploymentError.StateUnwritable => "state_unwritable",
        DeploymentError.HistoryEmpty => "history_empty",
        DeploymentError.LeaseHeld => "lease_held",
        _ => throw new UnreachableException($"error {error} has no code"),
    };
}
