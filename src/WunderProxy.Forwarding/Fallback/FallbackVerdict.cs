namespace WunderProxy.Forwarding.Fallback;

/// <summary>What is thought of the <c>Wunderproxy-Fallback</c> of a request.</summary>
internal enum FallbackVerdict
{
    /// <summary>A peer sent it, just now, for this request.</summary>
    Valid,

    /// <summary>Not in the grammar, or there are several.</summary>
    Malformed,

    /// <summary>Older than it may be, or of a clock that is far ahead.</summary>
    Outdated,

    /// <summary>Signed with another key, or for another request.</summary>
    Forged,

    /// <summary>It was used before, or so many are in use that this cannot be told.</summary>
    Replayed,
}
