namespace WunderProxy.Forwarding.Transport.ProxyProtocol;

/// <summary>What the first bytes of a connection are as a PROXY header.</summary>
internal enum ProxyHeaderStatus
{
    /// <summary>The bytes may be the start of a header; more are needed.</summary>
    NeedMore,

    /// <summary>The header is complete and well-formed.</summary>
    Done,

    /// <summary>The bytes are no header, or break its grammar.</summary>
    Malformed,
}
