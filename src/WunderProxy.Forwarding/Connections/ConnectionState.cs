namespace WunderProxy.Forwarding.Connections;

/// <summary>What a client connection is doing at present.</summary>
internal enum ConnectionState : byte
{
    /// <summary>Accepted; no byte has arrived yet.</summary>
    New,

    /// <summary>A request is arriving or being served.</summary>
    Active,

    /// <summary>Open between two exchanges.</summary>
    Idle,

    /// <summary>A tunnel after a 101 response.</summary>
    Upgraded,

    /// <summary>Closed, or being closed.</summary>
    Closed,
}
