namespace WunderProxy.Forwarding.Fallback;

/// <summary>The verdict on the <c>Wunderproxy-Fallback</c> header of a request.</summary>
internal enum FallbackVerdict
{
    /// <summary>A peer sent the header recently and for this request.</summary>
    Valid,

    /// <summary>The header does not match the grammar, or occurs several times.</summary>
    Malformed,

    /// <summary>The header is too old, or its sender's clock is far ahead.</summary>
    Outdated,

    /// <summary>The header is signed with another key, or for another request.</summary>
    Forged,

    /// <summary>The header was used before, or too many ids are remembered to decide that.</summary>
    Replayed,
}
