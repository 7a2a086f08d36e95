namespace WunderProxy.LoadClient;

/// <summary>Why a request counts as failed.</summary>
public enum FailureKind
{
    /// <summary>No connection could be opened.</summary>
    Connect,

    /// <summary>The connection was reset or closed before the response was complete.</summary>
    Reset,

    /// <summary>No complete response arrived in time.</summary>
    Timeout,

    /// <summary>The status of the response was not 200.</summary>
    Status,

    /// <summary>The response was malformed, or its body was not the expected one.</summary>
    Body,
}
