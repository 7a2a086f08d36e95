namespace WunderProxy.Forwarding.Http1;

/// <summary>Methods that the proxy tells apart; all others are forwarded as <see cref="Other"/>.</summary>
internal enum KnownMethod : byte
{
    /// <summary>Any other token.</summary>
    Other,

    /// <summary>GET.</summary>
    Get,

    /// <summary>HEAD: its response has no body.</summary>
    Head,

    /// <summary>POST.</summary>
    Post,

    /// <summary>PUT.</summary>
    Put,

    /// <summary>DELETE.</summary>
    Delete,

    /// <summary>OPTIONS: the only one with the target "*".</summary>
    Options,

    /// <summary>TRACE.</summary>
    Trace,

    /// <summary>CONNECT: refused with 501.</summary>
    Connect,

    /// <summary>PATCH.</summary>
    Patch,
}
