namespace WunderProxy.Forwarding.Transport;

/// <summary>Why <see cref="DirectRelay.Move"/> returned.</summary>
internal enum DirectRelayStatus
{
    /// <summary>All that was asked for has been taken and passed on.</summary>
    Done,

    /// <summary>The source has nothing more now, and nothing is held.</summary>
    NeedsSource,

    /// <summary>The destination takes nothing more now.</summary>
    NeedsSink,

    /// <summary>More could be moved, but others are to have their turn first.</summary>
    GivesWay,

    /// <summary>The source has ended; everything taken has been passed on.</summary>
    SourceEnded,

    /// <summary>The destination is broken.</summary>
    SinkBroken,

    /// <summary>The kernel has no means for it now; nothing is held: go on by reading and writing.</summary>
    Unavailable,
}
