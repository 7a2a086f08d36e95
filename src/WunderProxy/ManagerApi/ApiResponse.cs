using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace WunderProxy.ManagerApi;

/// <summary>One answer: a body that is ready, or lines that come one by one.</summary>
internal sealed record ApiResponse(int Status, string ContentType, ReadOnlyMemory<byte> Body)
{
    private const string Json = "application/json";

    /// <summary>Further header fields.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>JSON lines to send as they come instead of <see cref="Body"/>; null for an ordinary answer.</summary>
    public IAsyncEnumerable<ReadOnlyMemory<byte>>? Lines { get; init; }

    /// <summary>How it ended, for the log; null when the status says it all.</summary>
    public string? Outcome { get; init; }

    /// <summary>How a call ended whose answer comes as lines; null for others.</summary>
    public Task<string>? Completion { get; init; }

    /// <summary>A JSON document.</summary>
    public static ApiResponse OfJson<T>(T value, JsonTypeInfo<T> type, int status = 200) =>
        new(status, Json, JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <summary>JSON that is written already.</summary>
    public static ApiResponse OfJsonBytes(ReadOnlyMemory<byte> json) => new(200, Json, json);

    /// <summary>Plain text, as the older tool answered.</summary>
    public static ApiResponse OfText(string text, int status = 200) =>
        new(status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));

    /// <summary>A page.</summary>
    public static ApiResponse OfHtml(string html) => new(200, "text/html; charset=utf-8", Encoding.UTF8.GetBytes(html));

    /// <summary>JSON lines as they come.</summary>
    public static ApiResponse OfLines(IAsyncEnumerable<ReadOnlyMemory<byte>> lines, Task<string> completion) =>
        new(200, "application/x-ndjson", default) { Lines = lines, Completion = completion };

    /// <summary>An error in the shape that the caller can read.</summary>
    public static ApiResponse OfError(ApiException error, bool asText) =>
        (asText
            ? OfText(error.Message + "\n", error.Status)
            : OfJson(error.ToError(), ApiJson.Context.ApiError, error.Status)) with
        {
            Headers = error.Headers,
            Outcome = $"{error.Code}: {error.Message}",
        };
}
