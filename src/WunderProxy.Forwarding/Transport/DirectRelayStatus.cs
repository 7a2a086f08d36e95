namespace WunderProxy.Forwarding.Transport;

/// <summary>Why <see cref="DirectRelay.Move"/> returned before it had moved all bytes.</summary>
internal enum DirectRelayStatus
{
    /// <summary>All bytes asked for have been taken and passed on.</summary>
    Done,

    /// <summary>The source has no more bytes at present, and the relay holds none.</summary>
    NeedsSource,

    /// <summary>The destination accepts no more bytes at present.</summary>
    NeedsSink,

    /// <summary>More bytes could be moved, but other connections of the loop get their turn first.</summary>
    GivesWay,

    /// <summary>The source has ended, and everything taken has been passed on.</summary>
    SourceEnded,

    /// <summary>The destination connection is broken.</summary>
    SinkBroken,

    /// <summary>
    /// The kernel lacks the means at present and the relay holds no bytes: the caller goes on by reading and writing.
    /// </summary>
    Unavailable,
}
