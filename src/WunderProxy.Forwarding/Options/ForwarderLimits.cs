namespace WunderProxy.Forwarding.Options;

/// <summary>Largest sizes, counts and times for one client or upstream. A time of zero means no limit.</summary>
public sealed record ForwarderLimits
{
    /// <summary>
    /// Longest request line in bytes, without its line end; a longer one is answered with 414. Default 8 KiB, as in
    /// nginx's large_client_header_buffers.
    /// </summary>
    public int MaxRequestLineBytes { get; init; } = 8 * 1024;

    /// <summary>
    /// Largest request head in bytes; a larger one is answered with 431. Default 32 KiB, as nginx's four buffers of 8
    /// KiB.
    /// </summary>
    public int MaxRequestHeadBytes { get; init; } = 32 * 1024;

    /// <summary>
    /// Most header lines in a request, 1 to 10,000; more are answered with 431. Default 128; HAProxy has 101, Apache
    /// 100. A response may have four times as many, or one for each 128 bytes of <see cref="MaxResponseHeadBytes"/> if
    /// that is more.
    /// </summary>
    public int MaxHeaderCount { get; init; } = 128;

    /// <summary>
    /// Largest response head in bytes; a larger one becomes a 502. Also limits the number of lines. Default 64 KiB.
    /// </summary>
    public int MaxResponseHeadBytes { get; init; } = 64 * 1024;

    /// <summary>
    /// Longest time for the whole header section, from its first byte; then the answer is 408. Default 15 s, as Go
    /// programs choose for ReadHeaderTimeout.
    /// </summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Longest wait for the client within a body, in either direction; then 408 or an abort. Default 30 s.
    /// </summary>
    public TimeSpan BodyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Longest time that a client connection stays open between exchanges. Default 75 s, as in nginx's
    /// keepalive_timeout.
    /// </summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>
    /// Longest time to open an upstream connection; then 504. Default 2 s, because the upstream is near.
    /// </summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);
}
