using System.Text.Json;
using WunderProxy.Deployments.Docker.Models;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Docker;

/// <summary>
/// Registry logins of the Docker client, from <c>$DOCKER_CONFIG/config.json</c>, else <c>~/.docker/config.json</c>.
/// </summary>
internal sealed class RegistryCredentials(string configFile, string searchPath, TimeProvider clock)
{
    /// <summary>Creates an object that looks where the Docker client would.</summary>
    public static RegistryCredentials FromEnvironment(Func<string, string?> environment, TimeProvider clock)
    {
        var file = Path.Combine(DockerConfigFolder.Of(environment), "config.json");
        return new RegistryCredentials(file, environment("PATH") ?? "", clock);
    }

    /// <summary>
    /// Returns the login for a registry, from its credential helper or else from the file, or null if there is none.
    /// Read anew each time, as the Docker client does.
    /// </summary>
    /// <exception cref="InvalidDataException">The file, or its entry for this registry, cannot be read.</exception>
    /// <exception cref="CredentialHelperException">
    /// The helper is missing or fails, and the file has no login either.
    /// </exception>
    public async Task<RegistryLogin?> FindAsync(string registry, CancellationToken cancellationToken)
    {
        if (ReadFile() is not { } file)
        {
            return null;
        }

        if (DockerLogins.FindHelper(file, registry) is not { } helper)
        {
            return FindStored(file, registry);
        }

        try
        {
            return await new CredentialHelper(helper, searchPath, clock).FindAsync(registry, cancellationToken)
                ?? FindStored(file, registry);
        }
        catch (CredentialHelperException exception)
        {
            return FindStored(file, registry) ?? throw new CredentialHelperException($"{configFile}: {exception.Message}", exception);
        }
    }

    private DockerConfigFile? ReadFile()
    {
        try
        {
            return BoundedFile.ReadLinked(configFile, DocumentLimits.DockerConfig) is { } bytes
                ? JsonSerializer.Deserialize(bytes, DockerJsonContext.Default.DockerConfigFile)
                : null;
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{configFile} cannot be read: {exception.Message}", exception);
        }
    }

    private RegistryLogin? FindStored(DockerConfigFile file, string registry)
    {
        try
        {
            return DockerLogins.FindStored(file, registry);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{configFile}: {exception.Message}", exception);
        }
    }
}
