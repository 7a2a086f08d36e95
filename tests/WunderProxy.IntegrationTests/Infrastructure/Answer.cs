using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace WunderProxy.IntegrationTests.Infrastructure;

/// <summary>An answer of the manager API or of the proxied application.</summary>
internal sealed record Answer(int Status, string Text, HttpResponseHeaders Headers)
{
    public JsonNode Json => JsonNode.Parse(Text) ?? throw new AssertionException($"no JSON: {this}");

    /// <summary>The <c>error</c> code of the answer; null if it has none.</summary>
    public string? ErrorCode => Text.StartsWith('{') ? Json["error"]?.GetValue<string>() : null;

    public static async Task<Answer> ReadAsync(HttpResponseMessage response) =>
        new((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers);

    public override string ToString() => $"{Status} {Text}";
}
