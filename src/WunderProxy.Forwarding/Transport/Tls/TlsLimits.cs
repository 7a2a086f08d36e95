namespace WunderProxy.Forwarding.Transport.Tls;

/// <summary>What a client may send before its handshake is complete; the same on both engines.</summary>
internal static class TlsLimits
{
    /// <summary>
    /// Most bytes that are received for a handshake. OpenSSL takes a ClientHello of twice this size, which no client needs.
    /// </summary>
    public const int MaxHandshakeBytes = 64 * 1024;

    /// <summary>
    /// How long, in milliseconds, a client that gets an answer in plain text may go on sending before the socket is closed:
    /// the reset that follows unread bytes would overtake the answer.
    /// </summary>
    public const int LingerMilliseconds = 1_000;

    /// <summary>How many bytes such a client may go on sending.</summary>
    public const int LingerBytes = 256 * 1024;

    /// <summary>
    /// How long, in milliseconds, a handshake may take while connections are being drained. A client with a request needs a
    /// round trip or two; one that hangs must not hold a shutdown up for the whole handshake timeout.
    /// </summary>
    public const int DrainMilliseconds = 1_000;
}
