namespace WunderProxy.Forwarding.Upstreams;

/// <summary>How long the holder of a lease may go on while its upstream drains.</summary>
internal enum LeaseKind
{
    /// <summary>An ordinary exchange: until the first deadline.</summary>
    Exchange,

    /// <summary>A response that ran longer than 10 s when the upstream was replaced: until the second deadline.</summary>
    LongResponse,

    /// <summary>An event stream: until the second deadline, closed spread over the time before it.</summary>
    EventStream,

    /// <summary>A tunnel: as an event stream.</summary>
    Upgraded,
}
