namespace WunderProxy.Forwarding.Http1;

/// <summary>Methods that the proxy tells apart; every other method is forwarded as <see cref="Other"/>.</summary>
internal enum KnownMethod : byte
{
    /// <summary>Any token that is none of the methods below.</summary>
    Other,

    /// <summary>GET: reads a resource; safe and idempotent.</summary>
    Get,

    /// <summary>HEAD: like GET, but the response has no body.</summary>
    Head,

    /// <summary>POST: not idempotent, so never sent twice.</summary>
    Post,

    /// <summary>PUT: replaces a resource; idempotent.</summary>
    Put,

    /// <summary>DELETE: removes a resource; idempotent.</summary>
    Delete,

    /// <summary>OPTIONS: the only method with the target "*".</summary>
    Options,

    /// <summary>TRACE: echoes the request; idempotent.</summary>
    Trace,

    /// <summary>CONNECT: asks for a tunnel, and is refused with 501.</summary>
    Connect,

    /// <summary>PATCH: modifies; not idempotent, so never sent twice.</summary>
    Patch,
}
