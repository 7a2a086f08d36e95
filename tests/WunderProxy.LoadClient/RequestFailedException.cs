namespace WunderProxy.LoadClient;

/// <summary>Thrown when a request failed; it is not sent again.</summary>
public sealed class RequestFailedException(FailureKind kind, string message, Exception? cause = null)
    : Exception(message, cause)
{
    public FailureKind Kind { get; } = kind;
}
