namespace WunderProxy.ManagerApi;

/// <summary>A changing call on the live stream: the line of the audit as an event of type <c>call</c>.</summary>
/// <param name="At">When the call ended, in UTC.</param>
/// <param name="Status">Status of the answer.</param>
/// <param name="Code"><c>ok</c>, or the error code.</param>
/// <param name="FromRevision">The revision in service before the call; empty if none was, or the call was refused.</param>
/// <param name="Revision">The revision that the call was about, or that was in service after it.</param>
/// <param name="Seconds">How long the call took.</param>
internal sealed record CallView(
    DateTimeOffset At, int Status, string Code, string FromRevision, string Revision, double Seconds)
{
    /// <summary>Method of the call, as received.</summary>
    public string? Method { get; init; }

    /// <summary>Path of the call, without its query.</summary>
    public string? Path { get; init; }

    /// <summary>The caller's address, or <c>unix</c>.</summary>
    public string? Caller { get; init; }

    /// <summary>Id of the caller's user on this machine; left out where it is not known.</summary>
    public uint? User { get; init; }

    /// <summary>Whether the call carried a token, right or wrong.</summary>
    public bool? Token { get; init; }

    /// <summary>The caller's User-Agent, cut to 128 characters; left out if it sent none.</summary>
    public string? UserAgent { get; init; }

    /// <summary>Name of the deployer; left out for calls that were refused.</summary>
    public string? By { get; init; }

    /// <summary>How the call ended, in words.</summary>
    public string? Outcome { get; init; }

    /// <summary>Returns what callers without rights may see: time, codes, revisions and duration.</summary>
    public CallView ForAnybody() => new(At, Status, Code, FromRevision, Revision, Seconds);
}
