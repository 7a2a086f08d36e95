using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using WunderProxy.ManagerApi.Events;

namespace WunderProxy.ManagerApi;

/// <summary>The answer to a call: a complete body, or lines that are sent one by one.</summary>
internal sealed record ApiResponse(int Status, string ContentType, ReadOnlyMemory<byte> Body)
{
    private const string Json = "application/json";

    /// <summary>Header fields in addition to the usual ones.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>
    /// JSON lines that are sent as they arise, in place of <see cref="Body"/>; null for an ordinary answer.
    /// </summary>
    public IAsyncEnumerable<ReadOnlyMemory<byte>>? Lines { get; init; }

    /// <summary>
    /// The live stream that is sent in place of <see cref="Body"/>, to be disposed of when it has ended; null for other
    /// answers.
    /// </summary>
    public EventWatcher? Stream { get; init; }

    /// <summary>How the call ended, for the audit; null if the status says enough.</summary>
    public ApiOutcome? Outcome { get; init; }

    /// <summary>Completes with how the call ended, for an answer of lines; null for an ordinary answer.</summary>
    public Task<ApiOutcome>? Completion { get; init; }

    /// <summary>Creates an answer with a JSON document.</summary>
    public static ApiResponse OfJson<T>(T value, JsonTypeInfo<T> type, int status = 200) =>
        new(status, Json, JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <summary>Creates an answer from JSON bytes.</summary>
    public static ApiResponse OfJsonBytes(ReadOnlyMemory<byte> json) => new(200, Json, json);

    /// <summary>Creates an answer in plain text, as the older tool did.</summary>
    public static ApiResponse OfText(string text, int status = 200) =>
        new(status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));

    /// <summary>Creates an answer with an HTML page.</summary>
    public static ApiResponse OfHtml(string html) => new(200, "text/html; charset=utf-8", Encoding.UTF8.GetBytes(html));

    /// <summary>Creates an answer of JSON lines that are sent as they arise.</summary>
    public static ApiResponse OfLines(IAsyncEnumerable<ReadOnlyMemory<byte>> lines, Task<ApiOutcome> completion) =>
        new(200, "application/x-ndjson", default) { Lines = lines, Completion = completion };

    /// <summary>Creates an error answer in the form that the caller can read.</summary>
    public static ApiResponse OfError(ApiException error, bool asText) =>
        (asText
            ? OfText(error.Message + "\n", error.Status)
            : OfJson(error.ToError(), ApiJson.Context.ApiError, error.Status)) with
        {
            Headers = error.Headers,
            Outcome = new ApiOutcome(error.Message, error.Code),
        };
}
