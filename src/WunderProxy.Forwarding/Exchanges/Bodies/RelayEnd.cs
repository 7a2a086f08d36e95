namespace WunderProxy.Forwarding.Exchanges.Bodies;

/// <summary>How the relay of a body ended.</summary>
internal enum RelayEnd
{
    /// <summary>The relay has not ended, or not begun.</summary>
    None,

    /// <summary>The whole body was passed on.</summary>
    Complete,

    /// <summary>The sender's stream ended, which is the end of a body that lasts until close.</summary>
    SourceEnded,

    /// <summary>The sender's chunks break the grammar.</summary>
    Malformed,

    /// <summary>The receiver accepts no more.</summary>
    SinkBroken,

    /// <summary>The exchange or the relay was stopped.</summary>
    Stopped,
}
