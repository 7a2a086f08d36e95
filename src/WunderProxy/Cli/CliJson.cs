using System.Text.Encodings.Web;
using System.Text.Json;

namespace WunderProxy.Cli;

/// <summary>How <c>--json</c> is written.</summary>
internal static class CliJson
{
    /// <summary>The serialisers of what only commands print.</summary>
    public static CliJsonContext Context { get; } =
        new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
