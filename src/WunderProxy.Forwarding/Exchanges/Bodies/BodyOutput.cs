namespace WunderProxy.Forwarding.Exchanges.Bodies;

/// <summary>How a body is framed towards its receiver.</summary>
internal enum BodyOutput
{
    /// <summary>The body is passed on unchanged, in the sender's framing.</summary>
    AsIs,

    /// <summary>The payload of a chunked body alone, for HTTP/1.0; the end of the connection ends the body.</summary>
    Dechunked,

    /// <summary>A body that ends with the connection, put into chunks.</summary>
    Chunked,

    /// <summary>
    /// The frames of a WebSocket, unchanged but followed, so that the WebSocket can be closed between two messages.
    /// </summary>
    WebSocket,
}
