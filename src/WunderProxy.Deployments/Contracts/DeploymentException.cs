using WunderProxy.Deployments.Diagnostics;

namespace WunderProxy.Deployments.Contracts;

/// <summary>A launch, switch, deploy or rollback that ended without changing where traffic goes.</summary>
public sealed class DeploymentException : Exception
{
    /// <summary>Creates one.</summary>
    /// <param name="error">Class of the fault; decides the HTTP status.</param>
    /// <param name="message">One sentence for people.</param>
    /// <param name="details">What is known besides; null for nothing.</param>
    /// <param name="innerException">The cause.</param>
    public DeploymentException(
        DeploymentError error, string message, DeploymentErrorDetails? details = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Error = error;
        Details = details;
    }

    /// <summary>Class of the fault.</summary>
    public DeploymentError Error { get; }

    /// <summary>What is known besides; null for nothing.</summary>
    public DeploymentErrorDetails? Details { get; }

    /// <summary>The code on the wire: the launch failure's reason when there is one, else the name of the error.</summary>
    public string Code => Details?.Reason ?? DeploymentErrorCode.Of(Error);

    /// <summary>The same without secrets in its words and its log lines.</summary>
    internal DeploymentException Masked(SecretMask mask) => new(
        Error,
        mask.Apply(Message),
        Details is { Log: { } log } ? Details with { Log = [.. log.Select(mask.Apply)] } : Details,
        InnerException);
}
