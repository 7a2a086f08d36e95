namespace WunderProxy.Forwarding.Http1;

/// <summary>The options in a Connection header that are not header names (RFC 9110 section 7.6.1).</summary>
[Flags]
internal enum ConnectionOptions : byte
{
    /// <summary>Connection has none of the options below.</summary>
    None = 0,

    /// <summary>"close": the sender closes the connection after this message.</summary>
    Close = 1,

    /// <summary>"keep-alive": an HTTP/1.0 sender asks to keep the connection open.</summary>
    KeepAlive = 2,

    /// <summary>"upgrade": the Upgrade header takes effect.</summary>
    Upgrade = 4,
}
