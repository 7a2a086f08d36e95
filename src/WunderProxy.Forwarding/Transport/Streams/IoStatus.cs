namespace WunderProxy.Forwarding.Transport.Streams;

/// <summary>What a non-blocking receive or send answers when it is not a number of bytes.</summary>
internal static class IoStatus
{
    /// <summary>Nothing can be moved now; an event will say when.</summary>
    public const int WouldBlock = -1;

    /// <summary>The peer reset the connection, or it broke.</summary>
    public const int Broken = -2;
}
