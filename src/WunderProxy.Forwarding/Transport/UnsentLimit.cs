namespace WunderProxy.Forwarding.Transport;

/// <summary>
/// How many bytes may wait in a client's socket that nobody has asked for yet (<c>TCP_NOTSENT_LOWAT</c>, tcp(7)). What is
/// under way in the network does not count.
/// </summary>
/// <remarks>
/// Without it the kernel keeps megabytes for each client that does not read; a few such clients may fill what it has for
/// all of TCP, and then everybody waits.
/// </remarks>
internal static class UnsentLimit
{
    /// <summary>The socket option, of level TCP.</summary>
    public const int Option = 25;

    /// <summary>For every client.</summary>
    public const int Bytes = 256 * 1024;

    /// <summary>
    /// While a pipe feeds the socket, of which there are few: the smaller limit wakes us for every 128 KiB, and halved
    /// what a second of processor time moves of a body of 100 MiB.
    /// </summary>
    public const int SplicedBytes = 2 * 1024 * 1024;
}
