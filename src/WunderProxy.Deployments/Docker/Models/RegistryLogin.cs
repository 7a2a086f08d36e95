namespace WunderProxy.Deployments.Docker.Models;

/// <summary>
/// The credentials that the engine presents to one registry: a user name with a password or an identity token, or a
/// bearer token.
/// </summary>
internal sealed record RegistryLogin
{
    public string? Username { get; init; }

    public string? Password { get; init; }

    /// <summary>An identity token, which replaces the password.</summary>
    public string? IdentityToken { get; init; }

    /// <summary>A bearer token, which is sent to the registry unchanged.</summary>
    public string? RegistryToken { get; init; }

    public string? ServerAddress { get; init; }
}
