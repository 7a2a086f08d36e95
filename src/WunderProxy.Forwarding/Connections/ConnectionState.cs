namespace WunderProxy.Forwarding.Connections;

/// <summary>What a client connection is doing.</summary>
internal enum ConnectionState : byte
{
    /// <summary>Accepted; nothing has arrived yet.</summary>
    New,

    /// <summary>A request is arriving or being served.</summary>
    Active,

    /// <summary>Between two exchanges.</summary>
    Idle,

    /// <summary>A tunnel after 101.</summary>
    Upgraded,

    /// <summary>Gone, or being closed.</summary>
    Closed,
}
