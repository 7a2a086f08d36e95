namespace WunderProxy.Forwarding.Transport;

/// <summary>Why a connection no longer carries bytes.</summary>
internal enum CloseReason : byte
{
    /// <summary>The connection is open.</summary>
    None,

    /// <summary>The remote end finished its sending side in order (FIN).</summary>
    RemoteFinished,

    /// <summary>The remote end reset the connection, or the network broke it.</summary>
    RemoteReset,

    /// <summary>This process closed the connection in order.</summary>
    ClosedHere,

    /// <summary>
    /// This process aborted the connection (RST), so that the remote end cannot take what it received for complete.
    /// </summary>
    AbortedHere,
}
