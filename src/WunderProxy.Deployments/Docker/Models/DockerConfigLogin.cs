using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.Docker.Models;

/// <summary>A stored login of the Docker client.</summary>
/// <param name="Encoded">Base64 of <c>user:password</c>; goes before the two in plain text.</param>
/// <param name="Username">User in plain text, as other tools write it.</param>
/// <param name="Password">Password in plain text.</param>
/// <param name="IdentityToken">Takes the place of a password.</param>
/// <param name="RegistryToken">A bearer token that is sent to the registry as it is.</param>
internal sealed record DockerConfigLogin(
    [property: JsonPropertyName("auth")] string? Encoded,
    [property: JsonPropertyName("username")] string? Username,
    [property: JsonPropertyName("password")] string? Password,
    [property: JsonPropertyName("identitytoken")] string? IdentityToken,
    [property: JsonPropertyName("registrytoken")] string? RegistryToken);
