using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using WunderProxy.Deployments.Docker.Models;

namespace WunderProxy.Deployments.Docker;

/// <summary>Registry logins of the Docker client: <c>$DOCKER_CONFIG/config.json</c>, else <c>~/.docker/config.json</c>.</summary>
internal sealed class RegistryCredentials(string configFile, TimeProvider clock)
{
    /// <summary>User name by which a helper says that its secret is an identity token.</summary>
    private const string TokenUser = "<token>";

    private static readonly TimeSpan HelperLimit = TimeSpan.FromSeconds(30);

    /// <summary>Where the Docker client would look.</summary>
    public static RegistryCredentials FromEnvironment(Func<string, string?> environment, TimeProvider clock)
    {
        var folder = environment("DOCKER_CONFIG");
        folder = string.IsNullOrEmpty(folder) ? Path.Combine(environment("HOME") ?? "/root", ".docker") : folder;
        return new RegistryCredentials(Path.Combine(folder, "config.json"), clock);
    }

    /// <summary>The login for a registry; null when there is none. Read anew each time, as the Docker client does.</summary>
    /// <exception cref="InvalidDataException">The file or a helper's answer cannot be read.</exception>
    public async Task<RegistryLogin?> FindAsync(string registry, CancellationToken cancellationToken)
    {
        if (!File.Exists(configFile))
        {
            return null;
        }

        var file = await ReadFileAsync(cancellationToken);
        if (file.Helpers?.GetValueOrDefault(registry) is { Length: > 0 } helper)
        {
            return await AskHelperAsync(helper, registry, cancellationToken);
        }

        if (FindStored(file, registry) is { } stored)
        {
            return stored;
        }

        return file.DefaultHelper is { Length: > 0 } fallback
            ? await AskHelperAsync(fallback, registry, cancellationToken)
            : null;
    }

    private async Task<DockerConfigFile> ReadFileAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = File.OpenRead(configFile);
            return await JsonSerializer.DeserializeAsync(
                stream, DockerJsonContext.Default.DockerConfigFile, cancellationToken) ?? new DockerConfigFile();
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{configFile} cannot be read: {fault.Message}", fault);
        }
    }

    private static RegistryLogin? FindStored(DockerConfigFile file, string registry)
    {
        var entry = file.Logins?.FirstOrDefault(login => HostOf(login.Key) == HostOf(registry)).Value;
        if (entry is null || (string.IsNullOrEmpty(entry.Encoded) && string.IsNullOrEmpty(entry.IdentityToken)))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(Convert.FromBase64String(entry.Encoded ?? "")).TrimEnd('\0');
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return new RegistryLogin
        {
            Username = colon < 0 ? text : text[..colon],
            Password = colon < 0 ? "" : text[(colon + 1)..],
            IdentityToken = string.IsNullOrEmpty(entry.IdentityToken) ? null : entry.IdentityToken,
            ServerAddress = registry,
        };
    }

    /// <summary>Entries are written as <c>host:port</c> or as a URL.</summary>
    private static string HostOf(string key)
    {
        var scheme = key.IndexOf("://", StringComparison.Ordinal);
        return (scheme < 0 ? key : key[(scheme + 3)..]).Split('/')[0];
    }

    private async Task<RegistryLogin?> AskHelperAsync(string helper, string registry, CancellationToken cancellationToken)
    {
        using var limit = new CallTimeout(HelperLimit, clock, cancellationToken);
        var start = new ProcessStartInfo($"docker-credential-{helper}", ["get"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            await process.StandardInput.WriteAsync(registry);
            process.StandardInput.Close();
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0 ? ReadAnswer(output, registry) : null;
        }
        catch (Win32Exception fault)
        {
            throw new InvalidDataException($"docker-credential-{helper} cannot be run: {fault.Message}", fault);
        }
    }

    private static RegistryLogin? ReadAnswer(string output, string registry)
    {
        var answer = JsonSerializer.Deserialize(output, DockerJsonContext.Default.CredentialHelperAnswer);
        return answer?.Username switch
        {
            null => null,
            TokenUser => new RegistryLogin { IdentityToken = answer.Secret, ServerAddress = registry },
            _ => new RegistryLogin { Username = answer.Username, Password = answer.Secret, ServerAddress = registry },
        };
    }
}
