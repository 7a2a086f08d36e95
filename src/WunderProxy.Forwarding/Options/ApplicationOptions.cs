using System.Collections.Frozen;

namespace WunderProxy.Forwarding.Options;

/// <summary>How one application is served; what concerns the process is in <see cref="ForwarderOptions"/>.</summary>
public sealed record ApplicationOptions
{
    /// <summary>
    /// Time from the last request byte sent to the response head; then 504. Default 60 s, as nginx's proxy_read_timeout;
    /// zero switches it off.
    /// </summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a request may wait while the application is paused; then 503. Default 30 s; zero waits for ever.</summary>
    public TimeSpan PauseTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many requests may wait while the application is paused; one more gets 503 at once. Default 10,000.</summary>
    public int PauseQueue { get; init; } = 10_000;

    /// <summary>Bodies of our own answers by file name, such as <c>502.html</c> or <c>502.json</c>; the others are built in.</summary>
    public IReadOnlyDictionary<string, byte[]> ErrorPages { get; init; } = FrozenDictionary<string, byte[]>.Empty;
}
