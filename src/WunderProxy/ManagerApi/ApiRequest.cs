using WunderProxy.Configuration;

namespace WunderProxy.ManagerApi;

/// <summary>One call, free of how it arrived.</summary>
internal sealed class ApiRequest
{
    /// <summary>Largest body that is read, in bytes.</summary>
    public const int MaxBodyBytes = 1024 * 1024;

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

    /// <summary>The <c>Host</c> that the client sent; empty when it sent none.</summary>
    public string Host { get; init; } = string.Empty;

    /// <summary><c>http</c> or <c>https</c>, as the client connected.</summary>
    public string Scheme { get; init; } = "http";

    /// <summary>Declared length of the body; negative when it is not declared.</summary>
    public long ContentLength { get; init; } = -1;

    /// <summary>The body.</summary>
    public Stream Body { get; init; } = Stream.Null;

    /// <summary>Whether the caller asks for JSON by name.</summary>
    public bool WantsJson => Accepts("application/json");

    /// <summary>Whether the caller asks for progress lines.</summary>
    public bool WantsProgress => Accepts("application/x-ndjson");

    /// <summary>Whether secrets are to be shown, which only those may ask for who may change things.</summary>
    public bool WantsUnmasked => Query.TryGetValue("unmasked", out var unmasked) && unmasked is "true" or "1";

    /// <summary>Who did it, for history, events and log lines: <c>?by=</c>, else the peer.</summary>
    public string By => Query.TryGetValue("by", out var by) && by.Length > 0 ? by : Peer.ToString();

    /// <summary>How long the new upstream is to be watched: <c>?guard=2m</c>; null for the configured time.</summary>
    /// <exception cref="ApiException">400: it is no duration.</exception>
    public TimeSpan? Guard => !Query.TryGetValue("guard", out var text) ? null
        : DurationText.TryParse(text, out var guard) ? guard
        : throw new ApiException(400, ApiErrorCode.BadGuard, $"guard: '{text}' is not {DurationText.Expected}");

    /// <summary>Reads the whole body.</summary>
    /// <exception cref="ApiException">413: it is larger than <see cref="MaxBodyBytes"/>.</exception>
    public async Task<byte[]> ReadBodyAsync(CancellationToken cancellationToken)
    {
        if (ContentLength > MaxBodyBytes)
        {
            throw ApiException.BodyTooLarge();
        }

        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await Body.ReadAsync(chunk, cancellationToken)) > 0)
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

    private bool Accepts(string mediaType) =>
        (Header("Accept") ?? string.Empty)
            .Split(',')
            .Select(range => range.Split(';')[0].Trim())
            .Any(range => range.Equals(mediaType, StringComparison.OrdinalIgnoreCase));
}
