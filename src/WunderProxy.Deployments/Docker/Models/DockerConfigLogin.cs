using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.Docker.Models;

/// <summary>A registry login stored by the Docker client.</summary>
/// <param name="Encoded">Base64 of <c>user:password</c>; takes precedence over the two fields in plain text.</param>
/// <param name="Username">User name in plain text, as other tools write it.</param>
/// <param name="Password">Password in plain text.</param>
/// <param name="IdentityToken">An identity token, which replaces the password.</param>
/// <param name="RegistryToken">A bearer token, which is sent to the registry unchanged.</param>
internal sealed record DockerConfigLogin(
    [property: JsonPropertyName("auth")] string? Encoded,
    [property: JsonPropertyName("username")] string? Username,
    [property: JsonPropertyName("password")] string? Password,
    [property: JsonPropertyName("identitytoken")] string? IdentityToken,
    [property: JsonPropertyName("registrytoken")] string? RegistryToken);
