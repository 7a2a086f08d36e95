using WunderProxy.Deployments.Diagnostics;

namespace WunderProxy.Deployments.Contracts;

/// <summary>Thrown when a launch, switch, deploy or rollback ended without changing where traffic goes.</summary>
public sealed class DeploymentException : Exception
{
    /// <summary>Creates an exception for a failed operation.</summary>
    /// <param name="error">Kind of failure, which decides the HTTP status.</param>
    /// <param name="message">One sentence for people.</param>
    /// <param name="details">Evidence for the failure; null for none.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public DeploymentException(
        DeploymentError error, string message, DeploymentErrorDetails? details = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Error = error;
        Details = details;
    }

    /// <summary>The kind of failure, which decides the HTTP status.</summary>
    public DeploymentError Error { get; }

    /// <summary>Evidence for the failure; null for none.</summary>
    public DeploymentErrorDetails? Details { get; }

    /// <summary>
    /// The code on the wire: the reason of a failed launch if there is one, else the name of the error.
    /// </summary>
    public string Code => Details?.Reason ?? DeploymentErrorCode.Of(Error);

    /// <summary>Returns the exception without secrets in its message and log lines.</summary>
    internal DeploymentException Masked(SecretMask mask) => new(
        Error,
        mask.Apply(Message),
        Details is { Log: { } log } ? Details with { Log = [.. log.Select(mask.Apply)] } : Details,
        InnerException);
}
