using WunderProxy.Forwarding.Exchanges.Answers;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>Why an exchange did not complete; <see cref="ErrorResponses"/> decides what the client is told.</summary>
internal enum ForwardError
{
    /// <summary>The exchange completed.</summary>
    None,

    /// <summary>No upstream was ever switched to, or the slot was emptied.</summary>
    NoUpstream,

    /// <summary>Forwarding is paused, and the queue was full or the wait too long.</summary>
    Paused,

    /// <summary>The connection limit is reached.</summary>
    TooManyConnections,

    /// <summary>The upstream refused the connection or cannot be reached.</summary>
    ConnectRefused,

    /// <summary>The upstream did not accept the connection in time.</summary>
    ConnectTimeout,

    /// <summary>The upstream closed or reset the connection before a response.</summary>
    UpstreamClosed,

    /// <summary>The upstream's head or its interim responses break the grammar, or cannot be understood.</summary>
    BadResponse,

    /// <summary>The upstream's head exceeds a limit.</summary>
    ResponseHeadTooLarge,

    /// <summary>The upstream sent a 101 for which the client had not asked.</summary>
    UnaskedUpgrade,

    /// <summary>The response head did not arrive in time.</summary>
    ResponseTimeout,

    /// <summary>The response broke off, or its chunks broke the grammar, after its head had been passed on.</summary>
    ResponseIncomplete,

    /// <summary>The client's header section took too long.</summary>
    HeaderTimeout,

    /// <summary>
    /// A load balancer sent no header of the PROXY protocol, or a malformed one.
    /// </summary>
    BadProxyHeader,

    /// <summary>The client was silent too long within its request body.</summary>
    RequestBodyTimeout,

    /// <summary>The client did not accept the response for too long.</summary>
    ResponseStalled,

    /// <summary>The chunks of the request body break the grammar.</summary>
    BadRequestBody,

    /// <summary>The request body is larger than what may be held of one.</summary>
    RequestTooLarge,

    /// <summary>The request body cannot be held whole, because the buffers are used by others or the disk is full.</summary>
    BuffersFull,

    /// <summary>The client closed or reset the connection.</summary>
    ClientGone,

    /// <summary>The request head was refused; the rejection says why.</summary>
    Rejected,

    /// <summary>The request is a TRACE with a body (RFC 9110 section 9.3.8).</summary>
    TraceWithBody,

    /// <summary>The time limit of the draining upstream, or of this instance's shutdown, passed.</summary>
    DrainDeadline,

    /// <summary>One side of a tunnel was reset, so the other is reset too.</summary>
    TunnelBroken,

    /// <summary>An internal error occurred.</summary>
    InternalError,
}
