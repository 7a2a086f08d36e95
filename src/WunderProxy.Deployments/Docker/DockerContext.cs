using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using WunderProxy.Deployments.Docker.Models;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Docker;

/// <summary>Reads a context of the Docker client, as <c>docker context create</c> stores it.</summary>
internal static class DockerContext
{
    /// <summary>
    /// Name of the default context, which stands for <c>DOCKER_HOST</c> or the engine's default address.
    /// </summary>
    public const string DefaultName = "default";

    private const string Engine = "docker";

    /// <summary>Reads the address of the engine that a Docker context names.</summary>
    /// <param name="name">The context's name.</param>
    /// <param name="configFolder">Folder with the Docker client's settings.</param>
    /// <exception cref="FormatException">The context does not exist or cannot be used.</exception>
    public static DockerEndpoint Read(string name, string configFolder)
    {
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        var path = Path.Combine(configFolder, "contexts", "meta", id, "meta.json");
        var engine = ReadFile(name, path).Endpoints?.GetValueOrDefault(Engine);
        if (string.IsNullOrEmpty(engine?.Host))
        {
            throw new FormatException($"DOCKER_CONTEXT: the context '{name}' names no engine ({path})");
        }

        var certificates = Path.Combine(configFolder, "contexts", "tls", id, Engine);
        var endpoint = Parse(name, engine.Host, Directory.Exists(certificates) ? certificates : null);
        return endpoint.SocketPath is null && engine.SkipTLSVerify
            ? throw new FormatException($"DOCKER_CONTEXT: the context '{name}' skips the check of certificates, which is not done here")
            : endpoint;
    }

    private static DockerContextFile ReadFile(string name, string path)
    {
        try
        {
            var bytes = BoundedFile.ReadLinked(path, DocumentLimits.DockerConfig)
                ?? throw new FileNotFoundException($"there is no file {path}");
            return JsonSerializer.Deserialize(bytes, DockerJsonContext.Default.DockerContextFile)
                ?? new DockerContextFile(null);
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"DOCKER_CONTEXT: the context '{name}' cannot be read: {exception.Message}", exception);
        }
    }

    private static DockerEndpoint Parse(string name, string host, string? certificates)
    {
        try
        {
            return DockerEndpoint.Parse(host, certificates);
        }
        catch (FormatException exception)
        {
            throw new FormatException($"DOCKER_CONTEXT: the context '{name}': {exception.Message}", exception);
        }
    }
}
