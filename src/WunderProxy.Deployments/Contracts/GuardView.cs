namespace WunderProxy.Deployments.Contracts;

/// <summary>The latest watch of a guarded switch and its verdict, for <c>/status</c>.</summary>
/// <param name="Id">16 hex digits, as the answer to the guarded call names the watch.</param>
/// <param name="Hash">SHA-256 of the launch config that is, or was, watched.</param>
/// <param name="Revision">Its revision.</param>
/// <param name="FromHash">SHA-256 of what served before.</param>
/// <param name="FromRevision">The revision of what served before.</param>
/// <param name="Since">When the watch began.</param>
/// <param name="Until">When the watch ends, or ended.</param>
/// <param name="State">One of <see cref="GuardState"/>.</param>
/// <param name="Reason">The evidence; empty when all is well.</param>
public sealed record GuardView(
    string Id,
    string Hash,
    string Revision,
    string FromHash,
    string FromRevision,
    DateTimeOffset Since,
    DateTimeOffset Until,
    string State,
    string Reason);
