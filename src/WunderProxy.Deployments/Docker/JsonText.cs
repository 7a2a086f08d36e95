using System.Text.Json;

namespace WunderProxy.Deployments.Docker;

/// <summary>Reads fields whose type the engine does not promise.</summary>
internal static class JsonText
{
    /// <summary>Returns a field of an object, or null if there is none or it is no text.</summary>
    public static string? TextOf(this JsonElement element, string name)
    {
        try
        {
            return element.ValueKind == JsonValueKind.Object
                && element.TryGetProperty(name, out var value)
                && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair is valid JSON and no text.
            return null;
        }
    }
}
