using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace WunderProxy.ManagerApi;

/// <summary>
/// How answers are written: PascalCase as declared, null left out, and no escapes that only HTML needs.
/// </summary>
internal static class ApiJson
{
    /// <summary>The serialisers of every answer.</summary>
    public static ApiJsonContext Context { get; } = new(new JsonSerializerOptions
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
