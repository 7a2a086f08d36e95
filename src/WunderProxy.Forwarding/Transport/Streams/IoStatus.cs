namespace WunderProxy.Forwarding.Transport.Streams;

/// <summary>Negative results of a non-blocking receive or send, in place of a number of bytes.</summary>
internal static class IoStatus
{
    /// <summary>No byte can be moved at present; an event will report when.</summary>
    public const int WouldBlock = -1;

    /// <summary>The remote end reset the connection, or the network broke it.</summary>
    public const int Broken = -2;

    /// <summary>The pipe that was to take bytes is full, although more can be received.</summary>
    public const int Full = -3;
}
