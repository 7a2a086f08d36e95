using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.Docker.Models;

/// <summary>A stored login of the Docker client.</summary>
/// <param name="Encoded">Base64 of <c>user:password</c>.</param>
/// <param name="IdentityToken">Takes the place of a password.</param>
internal sealed record DockerConfigLogin(
    [property: JsonPropertyName("auth")] string? Encoded,
    [property: JsonPropertyName("identitytoken")] string? IdentityToken);
