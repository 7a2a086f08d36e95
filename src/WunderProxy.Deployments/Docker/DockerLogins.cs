using System.Text;
using WunderProxy.Deployments.Docker.Models;

namespace WunderProxy.Deployments.Docker;

/// <summary>The rules by which the Docker client finds a registry's login in its <c>config.json</c>.</summary>
internal static class DockerLogins
{
    /// <summary>Returns the name of the credential helper for a registry, or null if the file names none.</summary>
    public static string? FindHelper(DockerConfigFile file, string registry)
    {
        var own = file.Helpers?.FirstOrDefault(helper => IsOf(helper.Key, registry)).Value;
        return !string.IsNullOrEmpty(own) ? own
            : string.IsNullOrEmpty(file.DefaultHelper) ? null
            : file.DefaultHelper;
    }

    /// <summary>Returns the login stored in the file itself, or null if there is none.</summary>
    /// <exception cref="InvalidDataException">
    /// The entry for this registry is malformed; the message quotes neither the file nor a secret.
    /// </exception>
    public static RegistryLogin? FindStored(DockerConfigFile file, string registry)
    {
        var entry = file.Logins?
            .Where(login => IsOf(login.Key, registry))
            .OrderByDescending(login => login.Key == registry)
            .ThenBy(login => login.Key.Length)
            .Select(login => login.Value)
            .FirstOrDefault(IsFilled);
        if (entry is null)
        {
            return null;
        }

        var (user, password) = string.IsNullOrEmpty(entry.Encoded)
            ? (entry.Username, entry.Password)
            : Decode(entry.Encoded, registry);
        return new RegistryLogin
        {
            Username = user ?? "",
            Password = password ?? "",
            IdentityToken = string.IsNullOrEmpty(entry.IdentityToken) ? null : entry.IdentityToken,
            RegistryToken = string.IsNullOrEmpty(entry.RegistryToken) ? null : entry.RegistryToken,
            ServerAddress = registry,
        };
    }

    /// <summary>
    /// Whether an entry contains a login; an empty entry means that a credential helper has the login.
    /// </summary>
    private static bool IsFilled(DockerConfigLogin? entry) => entry is not null &&
        !(string.IsNullOrEmpty(entry.Encoded) && string.IsNullOrEmpty(entry.Username)
            && string.IsNullOrEmpty(entry.IdentityToken) && string.IsNullOrEmpty(entry.RegistryToken));

    /// <summary>Decodes Base64 of <c>user:password</c>; the password may contain colons, and NULs at its end.</summary>
    private static (string User, string Password) Decode(string encoded, string registry)
    {
        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, bytes, out var length))
        {
            throw new InvalidDataException($"\"auth\" of {registry} is not Base64");
        }

        var text = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            ? (text[..colon], text[(colon + 1)..].TrimEnd('\0'))
            : throw new InvalidDataException($"\"auth\" of {registry} is not user:password in Base64");
    }

    /// <summary>
    /// Whether a key of the file means a registry. Keys are <c>host:port</c> or URLs, and Docker Hub has several names.
    /// </summary>
    private static bool IsOf(string key, string registry)
    {
        var host = HostOf(key);
        return registry == ImageName.DockerHub ? ImageName.IsHub(host) : host == HostOf(registry);
    }

    private static string HostOf(string key)
    {
        var scheme = key.IndexOf("://", StringComparison.Ordinal);
        return (scheme < 0 ? key : key[(scheme + 3)..]).Split('/')[0].ToLowerInvariant();
    }
}
