namespace WunderProxy.LoadClient;

/// <summary>One request failed; nothing is sent again.</summary>
public sealed class RequestFailedException(FailureKind kind, string message, Exception? cause = null)
    : Exception(message, cause)
{
    public FailureKind Kind { get; } = kind;
}
