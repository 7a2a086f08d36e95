namespace WunderProxy.Forwarding.Exchanges;

/// <summary>The part that peers play in an exchange.</summary>
internal enum FallbackMark : byte
{
    /// <summary>No peer is involved.</summary>
    None,

    /// <summary>A peer sent the exchange: its forwarding headers are believed, and it is not sent on.</summary>
    Received,

    /// <summary>The exchange was sent to a peer.</summary>
    Sent,

    /// <summary>No peer could be reached, or the peer gave no answer.</summary>
    Failed,

    /// <summary>The exchange was not sent to a peer because the budget was used up.</summary>
    Refused,
}
