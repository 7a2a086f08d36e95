using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.Docker.Models;

/// <summary>The content of the header <c>X-Registry-Auth</c>.</summary>
internal sealed record RegistryLogin
{
    [JsonPropertyName("username")]
    public string? Username { get; init; }

    [JsonPropertyName("password")]
    public string? Password { get; init; }

    [JsonPropertyName("identitytoken")]
    public string? IdentityToken { get; init; }

    [JsonPropertyName("registrytoken")]
    public string? RegistryToken { get; init; }

    [JsonPropertyName("serveraddress")]
    public string? ServerAddress { get; init; }
}
