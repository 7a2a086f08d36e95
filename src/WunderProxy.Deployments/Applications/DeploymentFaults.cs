using System.Diagnostics;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Restrictions;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Applications;

/// <summary>Translates every failure of engine, store and state to the error that a caller sees.</summary>
internal static class DeploymentFaults
{
    /// <summary>
    /// Returns the error for callers, the fault itself if it already is one, or null for a bug or a cancellation.
    /// </summary>
    public static DeploymentException? Translate(Exception fault) => fault switch
    {
        DeploymentException known => known,
        EngineUnavailableException => Wrap(DeploymentError.EngineUnavailable, fault),
        DockerEngineException => Launch(LaunchFailure.EngineError, fault.Message, fault),
        LaunchConfigNotFoundException => Wrap(DeploymentError.NotFound, fault),
        HashMismatchException => Wrap(DeploymentError.HashMismatch, fault),
        InvalidLaunchConfigException => Wrap(DeploymentError.InvalidConfig, fault),
        RestrictedFieldException => Wrap(DeploymentError.Restricted, fault),
        AmbiguousPortException => Wrap(DeploymentError.AmbiguousPort, fault),
        StateUnwritableException => Wrap(DeploymentError.StateUnwritable, fault),
        HistoryEmptyException => Wrap(DeploymentError.HistoryEmpty, fault),
        LeaseHeldException held => new DeploymentException(
            DeploymentError.LeaseHeld, held.Message, new DeploymentErrorDetails { Holder = held.Holder }, held),
        ObjectStoreException { Fault: ObjectStoreFault.Denied } => Wrap(DeploymentError.StoreDenied, fault),
        ObjectStoreException => Wrap(DeploymentError.StoreUnavailable, fault),
        _ => null,
    };

    /// <summary>Whether a fault has an error for callers; otherwise it is a bug or a cancellation.</summary>
    public static bool IsKnown(Exception fault) => Translate(fault) is not null;

    /// <summary>Returns the error for callers.</summary>
    public static DeploymentException Of(Exception fault) =>
        Translate(fault) ?? throw new UnreachableException("only known faults are translated", fault);

    /// <summary>Creates the error of a failed launch with its reason code.</summary>
    public static DeploymentException Launch(string reason, string message, Exception? cause = null) =>
        new(DeploymentError.LaunchFailed, message, new DeploymentErrorDetails { Reason = reason }, cause);

    private static DeploymentException Wrap(DeploymentError error, Exception fault) => new(error, fault.Message, null, fault);
}
