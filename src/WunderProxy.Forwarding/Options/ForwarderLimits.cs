namespace WunderProxy.Forwarding.Options;

/// <summary>Sizes, counts and times that one client or upstream may take. A time of zero switches it off.</summary>
public sealed record ForwarderLimits
{
    /// <summary>Longest request line in bytes, its line end not counted; beyond it 414. Default 8 KiB, as nginx's large_client_header_buffers.</summary>
    public int MaxRequestLineBytes { get; init; } = 8 * 1024;

    /// <summary>Largest request head in bytes; beyond it 431. Default 32 KiB, as nginx's four buffers of 8 KiB.</summary>
    public int MaxRequestHeadBytes { get; init; } = 32 * 1024;

    /// <summary>
    /// Most header lines in a request, 1 to 10,000; beyond it 431. Default 128; HAProxy has 101, Apache 100. A response
    /// may have four times as many, or one for each 128 bytes of <see cref="MaxResponseHeadBytes"/> if that is more.
    /// </summary>
    public int MaxHeaderCount { get; init; } = 128;

    /// <summary>Largest response head in bytes; beyond it 502. It also bounds the lines. Default 64 KiB.</summary>
    public int MaxResponseHeadBytes { get; init; } = 64 * 1024;

    /// <summary>Time for the whole header section, from its first byte; then 408. Default 15 s, as Go programs choose for ReadHeaderTimeout.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest wait for the client inside a body, in either direction; then 408 or an abort. Default 30 s.</summary>
    public TimeSpan BodyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a client connection may stay open between exchanges. Default 75 s, as nginx's keepalive_timeout.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>Time to open an upstream connection; then 504. Default 2 s: the upstream is near.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);
}
