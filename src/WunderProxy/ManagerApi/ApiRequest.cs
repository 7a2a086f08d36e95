using WunderProxy.Configuration;
using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi;

/// <summary>One call of the manager API, independent of how it arrived.</summary>
internal sealed class ApiRequest
{
    /// <summary>Largest body that is read, in bytes.</summary>
    public const int MaxBodyBytes = 1024 * 1024;

    /// <summary>Longest body that is a single word, in characters: twice the longest revision.</summary>
    public const int MaxWordLength = 256;

    /// <summary>Longest time for a whole body: 60 s, which is 1 MiB at 18 KB/s.</summary>
    public static TimeSpan BodyTimeout { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Clock for the time limit of the body.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The method of the request, as sent by the caller.</summary>
    public required string Method { get; init; }

    /// <summary>The path without the query, percent-decoded.</summary>
    public required string Path { get; init; }

    /// <summary>Query parameters by name; of repeated ones, the last.</summary>
    public IReadOnlyDictionary<string, string> Query { get; init; } =
        new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Returns the value of a header field by name, or null if it is absent.</summary>
    public Func<string, string?> Header { get; init; } = static _ => null;

    /// <summary>Names of all header fields that the caller sent, in the caller's spelling.</summary>
    public IEnumerable<string> HeaderNames { get; init; } = [];

    /// <summary>The caller, with address and user.</summary>
    public required ApiCaller Caller { get; init; }

    /// <summary>
    /// The <c>Host</c> that the caller sent, which is empty if it sent none, as HTTP/1.0 allows; an empty host is never
    /// trusted.
    /// </summary>
    public string Host { get; init; } = string.Empty;

    /// <summary><c>http</c> or <c>https</c>, as the caller connected.</summary>
    public string Scheme { get; init; } = "http";

    /// <summary>Declared length of the body in bytes; negative if not declared.</summary>
    public long ContentLength { get; init; } = -1;

    /// <summary>The body as a stream; <see cref="ReadBodyAsync"/> reads it within its limits.</summary>
    public Stream Body { get; init; } = Stream.Null;

    /// <summary>Whether the caller may make changes; false until this has been checked.</summary>
    public bool HasRights { get; set; }

    /// <summary>Whether the caller accepts JSON by name.</summary>
    public bool WantsJson => Accepts("application/json");

    /// <summary>Whether the caller accepts a stream of progress lines.</summary>
    public bool WantsProgress => Accepts("application/x-ndjson");

    /// <summary>Whether the caller asks for secrets, which only callers with rights get.</summary>
    public bool WantsUnmasked => Query.TryGetValue("unmasked", out var unmasked) && unmasked is "true" or "1";

    /// <summary>
    /// Name of the deployer for history, events and log lines: <c>?by=</c>, else the caller's address.
    /// </summary>
    /// <exception cref="ApiException">400: the name is too long or not printable.</exception>
    public string By => !Query.TryGetValue("by", out var by) || by.Length == 0 ? Caller.ToString()
        : DeployerName.IsValid(by) ? by
        : throw new ApiException(400, ApiErrorCode.BadBy, $"by: not a name of {DeployerName.Expected}");

    /// <summary>
    /// Whether the front end is so full, or the caller's address has so many connections, that only cheap calls and
    /// callers with rights are answered.
    /// </summary>
    public bool IsCrowded { get; init; }

    /// <summary>
    /// How long the new upstream is to be watched, from <c>?guard=2m</c>; null for the configured time.
    /// </summary>
    /// <exception cref="ApiException">400: the value is not a duration.</exception>
    public TimeSpan? Guard => !Query.TryGetValue("guard", out var text) ? null
        : DurationText.TryParse(text, out var guard) ? guard
        : throw new ApiException(400, ApiErrorCode.BadGuard, $"guard: '{text}' is not {DurationText.Expected}");

    /// <summary>Reads the whole body, within its limits of size and time.</summary>
    /// <exception cref="ApiException">
    /// 413 if the body is larger than <see cref="MaxBodyBytes"/>; 408 if it takes longer than
    /// <see cref="BodyTimeout"/>, however steadily its bytes arrive.
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

    /// <summary>Reads a body that is a single word, such as a hash.</summary>
    /// <exception cref="ApiException">
    /// 400 if it is longer than a hash or a revision can be: it would stand in the state, on the live stream and in
    /// files.
    /// </exception>
    public async Task<string> ReadWordAsync(CancellationToken cancellationToken)
    {
        var word = System.Text.Encoding.UTF8.GetString(await ReadBodyAsync(cancellationToken)).Trim();
        return word.Length <= MaxWordLength ? word : throw new ApiException(
            400, DeploymentErrorCode.Of(DeploymentError.BadHash), "the body is longer than a hash or a revision can be");
    }

    private async Task<int> ReadInTimeAsync(byte[] chunk, long start, CancellationToken cancellationToken)
    {
        var left = BodyTimeout - Clock.GetElapsedTime(start);
        try
        {
            // HttpListener does not cancel a read on its stream. This wait ends, and the answer ends the stream.
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
