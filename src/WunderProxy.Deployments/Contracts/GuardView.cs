namespace WunderProxy.Deployments.Contracts;

/// <summary>The latest watch of a guarded switch and its verdict, for <c>/status</c>.</summary>
/// <param name="Id">Id of the watch, 16 hexadecimal digits, also returned by the guarded call.</param>
/// <param name="Hash">SHA-256 hash of the watched launch config.</param>
/// <param name="Revision">Revision of the watched launch config.</param>
/// <param name="FromHash">SHA-256 hash of the launch config that served before.</param>
/// <param name="FromRevision">Revision of the launch config that served before.</param>
/// <param name="Since">When the watch began.</param>
/// <param name="Until">When the watch ends, or ended.</param>
/// <param name="State">One of <see cref="GuardState"/>.</param>
/// <param name="Reason">The evidence; empty if there is none.</param>
public sealed record GuardView(
    string Id,
    string Hash,
    string Revision,
    string FromHash,
    string FromRevision,
    DateTimeOffset Since,
    DateTimeOffset Until,
    string State,
    string Reason)
{
    /// <summary>Seconds until the watch ends, measured by a clock that nobody sets; 0 when it has ended.</summary>
    public double SecondsLeft { get; init; }

    /// <summary>Returns the view without the evidence, which may quote engine, store or application.</summary>
    public GuardView ForAnybody() => this with { Reason = "" };
}
