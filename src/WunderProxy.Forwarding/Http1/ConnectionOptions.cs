namespace WunderProxy.Forwarding.Http1;

/// <summary>The options of the Connection header that are no header names (RFC 9110 section 7.6.1).</summary>
[Flags]
internal enum ConnectionOptions : byte
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>"close": the sender ends the connection after this message.</summary>
    Close = 1,

    /// <summary>"keep-alive": an HTTP/1.0 sender asks for reuse.</summary>
    KeepAlive = 2,

    /// <summary>"upgrade": the Upgrade header is meant.</summary>
    Upgrade = 4,
}
