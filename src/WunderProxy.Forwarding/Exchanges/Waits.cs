namespace WunderProxy.Forwarding.Exchanges;

/// <summary>What an exchange waits for; several at a time while a body is sent and a response is awaited.</summary>
[Flags]
internal enum Waits : byte
{
    /// <summary>The exchange waits for nothing.</summary>
    None = 0,

    /// <summary>The exchange waits for bytes from the client.</summary>
    ClientRead = 1,

    /// <summary>The exchange waits until the client accepts bytes.</summary>
    ClientWrite = 2,

    /// <summary>The exchange waits for bytes from the upstream.</summary>
    UpstreamRead = 4,

    /// <summary>The exchange waits until the upstream accepts bytes.</summary>
    UpstreamWrite = 8,

    /// <summary>The exchange waits for the end of a pause.</summary>
    Pause = 16,

    /// <summary>The relay waits until the buffered part of the response may grow.</summary>
    BufferRoom = 32,

    /// <summary>The sender of the buffered part of the response waits for bytes from the temporary file.</summary>
    BufferFront = 64,

    /// <summary>The exchange waits for the temporary file of a request's body that is held whole.</summary>
    RequestBuffer = 128,
}
