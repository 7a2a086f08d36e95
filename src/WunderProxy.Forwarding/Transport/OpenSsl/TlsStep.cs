namespace WunderProxy.Forwarding.Transport.OpenSsl;

/// <summary>The outcome of a step of a handshake.</summary>
internal enum TlsStep
{
    /// <summary>The handshake is complete.</summary>
    Done,

    /// <summary>The handshake needs bytes from the remote end.</summary>
    WantsRead,

    /// <summary>The wire is full; the handshake goes on after its bytes have been sent.</summary>
    WantsWrite,

    /// <summary>The handshake has failed; the wire may hold an alert for the remote end.</summary>
    Failed,
}
