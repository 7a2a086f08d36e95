namespace WunderProxy.Forwarding.Exchanges.Clients;

/// <summary>
/// How far an exchange has come on the client's side: how much of the request has been read, and whether a final answer
/// has begun. <see cref="ClientStream"/> contains the table of legal moves.
/// </summary>
internal enum ClientProgress : byte
{
    /// <summary>The request's head is arriving.</summary>
    ReadingHead,

    /// <summary>The head was refused or did not arrive in time, and the answer to that has begun.</summary>
    Refusing,

    /// <summary>The head is complete, the body is not; nothing has been answered.</summary>
    ReadingBody,

    /// <summary>
    /// Like <see cref="ReadingBody"/>, but the client sends the body only after an interim answer (Expect:
    /// 100-continue).
    /// </summary>
    AwaitingContinue,

    /// <summary>The whole request has been read; nothing has been answered.</summary>
    RequestRead,

    /// <summary>The final answer began before the whole request was read. No other answer can be given.</summary>
    AnsweringEarly,

    /// <summary>The whole request has been read and the final answer has begun. No other answer can be given.</summary>
    Answering,
}
