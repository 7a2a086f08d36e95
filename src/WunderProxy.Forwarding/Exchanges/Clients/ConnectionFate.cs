namespace WunderProxy.Forwarding.Exchanges.Clients;

/// <summary>What happens to a client connection after an exchange.</summary>
internal enum ConnectionFate
{
    /// <summary>The connection waits for the next request.</summary>
    Reuse,

    /// <summary>The connection is closed at once, because nothing more will arrive on it.</summary>
    Close,

    /// <summary>
    /// Our side is closed, and what the client still sends is discarded for a while, so that a reset does not destroy
    /// the answer.
    /// </summary>
    Linger,

    /// <summary>The connection is reset, so that nobody takes the answer for complete.</summary>
    Abort,
}
