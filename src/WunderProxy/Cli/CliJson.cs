using System.Text.Encodings.Web;
using System.Text.Json;

namespace WunderProxy.Cli;

/// <summary>The form of the JSON that <c>--json</c> prints.</summary>
internal static class CliJson
{
    /// <summary>The serialisers of documents that only commands print.</summary>
    public static CliJsonContext Context { get; } =
        new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
