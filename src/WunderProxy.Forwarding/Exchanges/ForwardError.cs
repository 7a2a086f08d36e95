using WunderProxy.Forwarding.Exchanges.Answers;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>Why an exchange did not complete. <see cref="ErrorResponses"/> says what the client is told.</summary>
internal enum ForwardError
{
    /// <summary>It completed.</summary>
    None,

    /// <summary>No upstream was ever switched to, or the slot was emptied.</summary>
    NoUpstream,

    /// <summary>Paused, and the queue is full or the wait was too long.</summary>
    Paused,

    /// <summary>There are as many connections as may be.</summary>
    TooManyConnections,

    /// <summary>The upstream refused the connection, or cannot be reached.</summary>
    ConnectRefused,

    /// <summary>The upstream did not accept in time.</summary>
    ConnectTimeout,

    /// <summary>The upstream closed or reset before a response.</summary>
    UpstreamClosed,

    /// <summary>The upstream's head or interim responses break the grammar or our understanding of it.</summary>
    BadResponse,

    /// <summary>The upstream's head passes a limit.</summary>
    ResponseHeadTooLarge,

    /// <summary>A 101 that nobody asked for.</summary>
    UnaskedUpgrade,

    /// <summary>No response head in time.</summary>
    ResponseTimeout,

    /// <summary>The response broke off, or its chunks break the grammar, after its head had been passed on.</summary>
    ResponseIncomplete,

    /// <summary>The client's header section took too long.</summary>
    HeaderTimeout,

    /// <summary>The client was silent too long inside its request body.</summary>
    RequestBodyTimeout,

    /// <summary>The client did not take the response for too long.</summary>
    ResponseStalled,

    /// <summary>The chunks of the request body break the grammar.</summary>
    BadRequestBody,

    /// <summary>The client closed or reset.</summary>
    ClientGone,

    /// <summary>The head was refused; the rejection says why.</summary>
    Rejected,

    /// <summary>TRACE with a body (RFC 9110 section 9.3.8).</summary>
    TraceWithBody,

    /// <summary>The time of the draining upstream, or of this instance, was up.</summary>
    DrainDeadline,

    /// <summary>One side of a tunnel was reset; the other is then reset too.</summary>
    TunnelBroken,

    /// <summary>A fault of ours.</summary>
    InternalError,
}
