using System.Text.Json.Nodes;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Cli;

/// <summary>Formats parts of a launch config as text or JSON.</summary>
internal static class CurrentText
{
    private const int DefaultRegistryPort = 8080;

    /// <summary>
    /// Returns the image's name; if the launch config names none, the name by the registry convention for the last part
    /// of the prefix.
    /// </summary>
    public static string Image(LaunchConfig config, string prefix, bool asJson)
    {
        var app = prefix[(prefix.LastIndexOf('/') + 1)..];
        var image = config.Image.Length > 0 ? config.Image : $"localhost:{DefaultRegistryPort}/{app}:{config.Revision}";
        return asJson ? new JsonObject { ["Image"] = image }.ToJsonString() : image;
    }

    /// <summary>Returns the environment, one <c>KEY=value</c> per line; JSON has the exact values.</summary>
    public static string Environment(LaunchConfig config, bool asJson) =>
        asJson
            ? new JsonArray([.. config.Environment.Select(variable => (JsonNode)variable)]).ToJsonString()
            : string.Join('\n', config.Environment.Select(TerminalText.Escape));
}
