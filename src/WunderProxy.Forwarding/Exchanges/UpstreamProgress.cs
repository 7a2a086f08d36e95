namespace WunderProxy.Forwarding.Exchanges;

/// <summary>
/// How far an exchange has come on the upstream's side, on the connection in use; a request that is sent anew begins at the
/// start. <see cref="UpstreamSide"/> holds the table of legal moves.
/// </summary>
internal enum UpstreamProgress : byte
{
    /// <summary>Nothing was sent.</summary>
    NotSent,

    /// <summary>The request's head was sent, the request not to its end; no final response head has come.</summary>
    Sending,

    /// <summary>The whole request was sent; no final response head has come.</summary>
    Sent,

    /// <summary>The final response head, or a 101, came before the request was sent to its end.</summary>
    AnsweredEarly,

    /// <summary>The whole request was sent, and the final response head, or a 101, has come.</summary>
    Answered,
}
