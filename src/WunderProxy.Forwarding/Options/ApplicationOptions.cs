using System.Collections.Frozen;

namespace WunderProxy.Forwarding.Options;

/// <summary>
/// How one application is served; options of the whole process are in <see cref="ForwarderOptions"/>.
/// </summary>
public sealed record ApplicationOptions
{
    /// <summary>The application's name, for logs; empty, the default, for an application without one.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>
    /// Longest time from the last request byte sent to the response head; then 504. Default 60 s, as in nginx's
    /// proxy_read_timeout; zero means no limit.
    /// </summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Longest time that a request waits while the application is paused; then 503. Default 30 s; zero means no limit.
    /// </summary>
    public TimeSpan PauseTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Most requests that wait while the application is paused; another one gets 503 at once. Default 10,000.
    /// </summary>
    public int PauseQueue { get; init; } = 10_000;

    /// <summary>Whether and how responses of the application are compressed. Default off.</summary>
    public ResponseCompression Compression { get; init; }

    /// <summary>
    /// How long browsers keep to TLS for the host (RFC 6797): sent as <c>Strict-Transport-Security</c> with answers over
    /// TLS, unless the application sent such a header. Zero, the default, sends none.
    /// </summary>
    public TimeSpan Hsts { get; init; }

    /// <summary>
    /// Whether responses are read from the upstream at its pace while the client is behind, within
    /// <see cref="ForwarderOptions.Buffers"/>. Default true.
    /// </summary>
    public bool BuffersResponses { get; init; } = true;

    /// <summary>
    /// Whether the upstream is contacted only when the body of a request is complete, which is held within
    /// <see cref="ForwarderOptions.Buffers"/>; a larger one is answered with 413. Default false.
    /// </summary>
    public bool BuffersRequests { get; init; }

    /// <summary>Bodies of our own answers by file name, such as <c>502.html</c> or <c>502.json</c>; the others are built in.</summary>
    public IReadOnlyDictionary<string, byte[]> ErrorPages { get; init; } = FrozenDictionary<string, byte[]>.Empty;
}
