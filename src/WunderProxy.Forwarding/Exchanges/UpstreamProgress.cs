namespace WunderProxy.Forwarding.Exchanges;

/// <summary>
/// How far an exchange has come on the upstream side, on the connection in use; a request that is sent again begins at
/// the start. <see cref="UpstreamSide"/> contains the table of legal moves.
/// </summary>
internal enum UpstreamProgress : byte
{
    /// <summary>Nothing has been sent.</summary>
    NotSent,

    /// <summary>
    /// The head of the request has been sent, but not the whole request; no final response head has arrived.
    /// </summary>
    Sending,

    /// <summary>The whole request has been sent; no final response head has arrived.</summary>
    Sent,

    /// <summary>The final response head, or a 101, arrived before the whole request was sent.</summary>
    AnsweredEarly,

    /// <summary>The whole request has been sent, and the final response head, or a 101, has arrived.</summary>
    Answered,
}
