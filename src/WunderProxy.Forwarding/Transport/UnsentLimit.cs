namespace WunderProxy.Forwarding.Transport;

/// <summary>
/// Limits how many bytes may wait unsent in a client's socket (<c>TCP_NOTSENT_LOWAT</c>, tcp(7)). Bytes under way in
/// the network do not count.
/// </summary>
/// <remarks>
/// Without the limit the kernel keeps megabytes for each client that does not read. A few such clients can fill the
/// memory that the kernel has for all of TCP, and then every connection stalls.
/// </remarks>
internal static class UnsentLimit
{
    /// <summary>Number of the socket option at level TCP.</summary>
    public const int Option = 25;

    /// <summary>The usual limit for a client connection, in bytes.</summary>
    public const int Bytes = 256 * 1024;

    /// <summary>
    /// The limit in bytes while a pipe feeds the socket; such connections are few. The smaller limit would wake the
    /// loop for every 128 KiB and halved the throughput of a 100 MiB body per second of processor time.
    /// </summary>
    public const int SplicedBytes = 2 * 1024 * 1024;
}
