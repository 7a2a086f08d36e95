namespace WunderProxy.Forwarding.Transport.Tls;

/// <summary>Why a handshake failed.</summary>
public enum TlsFailure
{
    /// <summary>The remote end closed the connection before the end of the handshake.</summary>
    Closed,

    /// <summary>The handshake took longer than its timeout.</summary>
    TimedOut,

    /// <summary>The first byte is that of an HTTP request without TLS.</summary>
    PlainHttp,

    /// <summary>Client and server have no version, cipher or group in common.</summary>
    NothingInCommon,

    /// <summary>The client offers application protocols, and HTTP/1.1 is not one of them.</summary>
    NoApplicationProtocol,

    /// <summary>The client ended the handshake with an alert, for example because it does not trust the certificate.</summary>
    RefusedByClient,

    /// <summary>The client sent more bytes than a handshake can need.</summary>
    TooLong,

    /// <summary>The bytes are no TLS, or break its rules.</summary>
    Malformed,
}
