namespace WunderProxy.Forwarding.Transport;

/// <summary>Why a connection no longer carries bytes.</summary>
internal enum CloseReason : byte
{
    /// <summary>The connection is open.</summary>
    None,

    /// <summary>The peer ended its sending side in order (FIN).</summary>
    PeerFinished,

    /// <summary>The peer reset the connection, or it broke on the way.</summary>
    PeerReset,

    /// <summary>We closed it in order.</summary>
    ClosedHere,

    /// <summary>We aborted it (RST), so that the peer cannot take what it has for complete.</summary>
    AbortedHere,
}
