using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.Docker.Models;

/// <summary>The Docker client's <c>config.json</c>, the fields in use.</summary>
internal sealed record DockerConfigFile
{
    [JsonPropertyName("auths")]
    public IReadOnlyDictionary<string, DockerConfigLogin?>? Logins { get; init; }

    [JsonPropertyName("credHelpers")]
    public IReadOnlyDictionary<string, string>? Helpers { get; init; }

    [JsonPropertyName("credsStore")]
    public string? DefaultHelper { get; init; }
}
