namespace WunderProxy.Forwarding.Exchanges.Clients;

/// <summary>What becomes of a client connection after an exchange.</summary>
internal enum ConnectionFate
{
    /// <summary>It waits for the next request.</summary>
    Reuse,

    /// <summary>It is closed at once: nothing more will come on it.</summary>
    Close,

    /// <summary>Our side is ended, and what the client still sends is thrown away for a while, so that a reset does not destroy the answer.</summary>
    Linger,

    /// <summary>It is reset, so that nobody takes the answer for complete.</summary>
    Abort,
}
