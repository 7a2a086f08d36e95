namespace WunderProxy.Forwarding.Connections;

/// <summary>What a client connection is doing at present.</summary>
internal enum ConnectionState : byte
{
    /// <summary>Accepted; no byte has arrived yet.</summary>
    New,

    /// <summary>A request is arriving or being served.</summary>
    Active,

    /// <summary>The connection is open and waits for its next exchange.</summary>
    Idle,

    /// <summary>A tunnel after a 101 response.</summary>
    Upgraded,

    /// <summary>The connection is closed, or its closing has begun.</summary>
    Closed,
}
