namespace WunderProxy.Forwarding.Exchanges.Clients;

/// <summary>
/// How far an exchange has come on the client's side: how much of the request has been read, and whether a final answer has
/// begun. <see cref="ClientStream"/> holds the table of legal moves.
/// </summary>
internal enum ClientProgress : byte
{
    /// <summary>The request's head is arriving.</summary>
    ReadingHead,

    /// <summary>The head was refused or did not come in time, and the answer to that has begun.</summary>
    Refusing,

    /// <summary>The head is complete, the body is not; nothing was answered.</summary>
    ReadingBody,

    /// <summary>As <see cref="ReadingBody"/>; the client sends the body only after an interim answer (Expect: 100-continue).</summary>
    AwaitingContinue,

    /// <summary>The request has been read to its end; nothing was answered.</summary>
    RequestRead,

    /// <summary>The final answer has begun before the request was read to its end. No other answer can be given.</summary>
    AnsweringEarly,

    /// <summary>The request has been read to its end and the final answer has begun. No other answer can be given.</summary>
    Answering,
}
