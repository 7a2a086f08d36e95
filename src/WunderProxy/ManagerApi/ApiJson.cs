using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace WunderProxy.ManagerApi;

/// <summary>
/// The form of JSON answers: PascalCase names as declared, null values left out, and no escapes that only HTML needs.
/// </summary>
internal static class ApiJson
{
    /// <summary>The serialisers of all answers.</summary>
    public static ApiJsonContext Context { get; } = new(new JsonSerializerOptions
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
