namespace WunderProxy.Forwarding.Exchanges;

/// <summary>What part an exchange has in fallbacks.</summary>
internal enum FallbackMark : byte
{
    /// <summary>None.</summary>
    None,

    /// <summary>A peer sent it here: its forwarding headers are believed, and it is not sent on.</summary>
    Received,

    /// <summary>It went to a peer.</summary>
    Sent,

    /// <summary>It would have gone, or went, but no peer could be reached, or it gave no answer.</summary>
    Failed,

    /// <summary>It did not go because too many had gone.</summary>
    Refused,
}
