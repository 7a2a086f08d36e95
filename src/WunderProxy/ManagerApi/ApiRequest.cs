using WunderProxy.Configuration;

namespace WunderProxy.ManagerApi;

/// <summary>One call, free of how it arrived.</summary>
internal sealed class ApiRequest
{
    /// <summary>Largest body that is read, in bytes.</summary>
    public const int MaxBodyBytes = 1024 * 1024;

    /// <summary>Time for a whole body: 1 MiB at 18 KB/s.</summary>
    public static TimeSpan BodyTimeout { get; } = TimeSpan.FromSeconds(60);

    /// <summary>What the time for the body is measured with.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Method as sent.</summary>
    public required string Method { get; init; }

    /// <summary>Path without the query, percent-decoded.</summary>
    public required string Path { get; init; }

    /// <summary>Query parameters by name; of several, the last.</summary>
    public IReadOnlyDictionary<string, string> Query { get; init; } =
        new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Header fields by name; null when absent.</summary>
    public Func<string, string?> Header { get; init; } = static _ => null;

    /// <summary>The names of all header fields that the caller sent, as it spelled them.</summary>
    public IEnumerable<string> HeaderNames { get; init; } = [];

    /// <summary>Who calls.</summary>
    public required ApiPeer Peer { get; init; }

    /// <summary>
    /// The <c>Host</c> that the client sent; empty when it sent none, as HTTP/1.0 may: then no host is meant, and none is
    /// trusted.
    /// </summary>
    public string Host { get; init; } = string.Empty;

    /// <summary><c>http</c> or <c>https</c>, as the client connected.</summary>
    public string Scheme { get; init; } = "http";

    /// <summary>Declared length of the body; negative when it is not declared.</summary>
    public long ContentLength { get; init; } = -1;

    /// <summary>The body.</summary>
    public Stream Body { get; init; } = Stream.Null;

    /// <summary>Whether the caller could also change things; until that was looked at, no.</summary>
    public bool HasRights { get; set; }

    /// <summary>Whether the caller asks for JSON by name.</summary>
    public bool WantsJson => Accepts("application/json");

    /// <summary>Whether the caller asks for progress lines.</summary>
    public bool WantsProgress => Accepts("application/x-ndjson");

    /// <summary>Whether secrets are to be shown, which only those may ask for who may change things.</summary>
    public bool WantsUnmasked => Query.TryGetValue("unmasked", out var unmasked) && unmasked is "true" or "1";

    /// <summary>Who did it, for history, events and log lines: <c>?by=</c>, else the peer.</summary>
    /// <exception cref="ApiException">400: the name is too long or not printable.</exception>
    public string By => !Query.TryGetValue("by", out var by) || by.Length == 0 ? Peer.ToString()
        : DeployerName.IsValid(by) ? by
        : throw new ApiException(400, ApiErrorCode.BadBy, $"by: not a name of {DeployerName.Expected}");

    /// <summary>
    /// Whether the front end is so full, or the caller's address holds so many connections, that only what costs nothing
    /// is answered, and callers with rights.
    /// </summary>
    public bool IsCrowded { get; init; }

    /// <summary>How long the new upstream is to be watched: <c>?guard=2m</c>; null for the configured time.</summary>
    /// <exception cref="ApiException">400: it is no duration.</exception>
    public TimeSpan? Guard => !Query.TryGetValue("guard", out var text) ? null
        : DurationText.TryParse(text, out var guard) ? guard
        : throw new ApiException(400, ApiErrorCode.BadGuard, $"guard: '{text}' is not {DurationText.Expected}");

    /// <summary>Reads the whole body.</summary>
    /// <exception cref="ApiException">
    /// 413: it is larger than <see cref="MaxBodyBytes"/>; 408: it takes longer than <see cref="BodyTimeout"/>, however
    /// steadily its bytes drip.
    /// </exception>
    public async Task<byte[]> ReadBodyAsync(CancellationToken cancellationToken)
    {
        if (ContentLength > MaxBodyBytes)
        {
            throw ApiException.BodyTooLarge();
        }

        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        var start = Clock.GetTimestamp();
        int read;
        while ((read = await ReadInTimeAsync(chunk, start, cancellationToken)) > 0)
        {
            buffer.Write(chunk, 0, read);
            if (buffer.Length > MaxBodyBytes)
            {
                throw ApiException.BodyTooLarge();
            }
        }

        return buffer.ToArray();
    }

    /// <summary>Reads a body that is one word, such as a hash.</summary>
    public async Task<string> ReadWordAsync(CancellationToken cancellationToken) =>
        System.Text.Encoding.UTF8.GetString(await ReadBodyAsync(cancellationToken)).Trim();

    private async Task<int> ReadInTimeAsync(byte[] chunk, long start, CancellationToken cancellationToken)
    {
        var left = BodyTimeout - Clock.GetElapsedTime(start);
        try
        {
            // HttpListener's stream does not end a read that is cancelled: the wait ends, and the answer ends the stream.
            return left > TimeSpan.Zero
                ? await Body.ReadAsync(chunk, cancellationToken).AsTask().WaitAsync(left, Clock, cancellationToken)
                : throw ApiException.BodyTooSlow();
        }
        catch (TimeoutException)
        {
            throw ApiException.BodyTooSlow();
        }
    }

    private bool Accepts(string mediaType) =>
        (Header("Accept") ?? string.Empty)
            .Split(',')
            .Select(range => range.Split(';')[0].Trim())
            .Any(range => range.Equals(mediaType, StringComparison.OrdinalIgnoreCase));
}
