namespace WunderProxy.Forwarding.Upstreams;

/// <summary>How long the holder of a lease may go on while the upstream drains.</summary>
internal enum LeaseKind
{
    /// <summary>An ordinary exchange, which may go on until the first deadline.</summary>
    Exchange,

    /// <summary>
    /// A response that had run longer than 10 s when the upstream was replaced; may go on until the second deadline.
    /// </summary>
    LongResponse,

    /// <summary>
    /// An event stream, which may go on until the second deadline; event streams are ended spread over the time before
    /// it.
    /// </summary>
    EventStream,

    /// <summary>A tunnel, treated like an event stream.</summary>
    Upgraded,
}
