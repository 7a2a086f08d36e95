using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.Docker.Models;

/// <summary>The fields in use of the Docker client's <c>config.json</c>.</summary>
internal sealed record DockerConfigFile
{
    [JsonPropertyName("auths")]
    public IReadOnlyDictionary<string, DockerConfigLogin?>? Logins { get; init; }

    [JsonPropertyName("credHelpers")]
    public IReadOnlyDictionary<string, string>? Helpers { get; init; }

    [JsonPropertyName("credsStore")]
    public string? DefaultHelper { get; init; }
}
