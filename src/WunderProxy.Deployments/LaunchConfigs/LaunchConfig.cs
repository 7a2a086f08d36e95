using System.Text.Json.Nodes;

namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>
/// The immutable document that says how to start one container. Its identity is the digest of the exact bytes from
/// which it was parsed; these bytes are kept and stored.
/// </summary>
public sealed record LaunchConfig
{
    private readonly JsonObject _containerConfig;
    private readonly JsonObject _hostConfig;

    internal LaunchConfig(ReadOnlyMemory<byte> bytes, JsonObject containerConfig, JsonObject hostConfig)
    {
        Bytes = bytes;
        Hash = LaunchConfigHash.Of(bytes.Span);
        Alias = LaunchConfigReference.AliasOf(bytes.Span);
        _containerConfig = containerConfig;
        _hostConfig = hostConfig;
    }

    /// <summary>The exact bytes from which the launch config was parsed.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>SHA-256 of <see cref="Bytes"/>, which identifies the launch config.</summary>
    public LaunchConfigHash Hash { get; }

    /// <summary>MD5 of <see cref="Bytes"/>, by which the old tool names the launch config.</summary>
    public LaunchConfigReference Alias { get; }

    /// <summary>The application's own name for what is deployed; a legal image tag.</summary>
    public required string Revision { get; init; }

    /// <summary>Path of the health check with its leading slash; <c>/</c> if the config names none.</summary>
    public required string HealthCheckPath { get; init; }

    /// <summary>Whether to pull the image again, and to replace even a running container with the same hash.</summary>
    public bool ForceReload { get; init; }

    /// <summary>TCP port inside the container; null if the rule for exposed ports decides.</summary>
    public int? ContainerPort { get; init; }

    /// <summary>Bucket that holds image archives; empty if there is none.</summary>
    public string ImageBucket { get; init; } = "";

    /// <summary><c>ContainerConfig.Image</c>; empty if the image is named after application and revision.</summary>
    public string Image { get; init; } = "";

    /// <summary><c>ContainerConfig.Env</c>, with entries such as <c>KEY=value</c>.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>Parses the bytes of a launch config.</summary>
    /// <exception cref="InvalidLaunchConfigException">The bytes are not a launch config.</exception>
    public static LaunchConfig Parse(ReadOnlyMemory<byte> bytes) => LaunchConfigParser.Parse(bytes);

    /// <summary>Parses a launch config that an earlier version may have accepted and this one refuses.</summary>
    /// <returns>The launch config, or null if the bytes are empty or not a launch config.</returns>
    public static LaunchConfig? Find(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return bytes.IsEmpty ? null : Parse(bytes);
        }
        catch (InvalidLaunchConfigException)
        {
            return null;
        }
    }

    /// <summary>Whether a hash, MD5 or SHA-256, names this launch config.</summary>
    public bool Is(LaunchConfigReference reference) => reference == Alias || reference == Hash;

    /// <summary>Whether the text of a hash, MD5 or SHA-256, names this launch config.</summary>
    public bool Is(string? reference) => LaunchConfigReference.TryParse(reference, out var parsed) && Is(parsed);

    /// <summary>Returns a copy of the engine's container config, as written in the document.</summary>
    public JsonObject CopyContainerConfig() => _containerConfig.DeepClone().AsObject();

    /// <summary>Returns a copy of the engine's host config, as written in the document.</summary>
    public JsonObject CopyHostConfig() => _hostConfig.DeepClone().AsObject();

    /// <summary>Two launch configs are equal if their bytes are.</summary>
    public bool Equals(LaunchConfig? other) => other is not null && Hash == other.Hash;

    /// <inheritdoc/>
    public override int GetHashCode() => Hash.GetHashCode();

    /// <summary>Returns revision and short hash, without the environment, which may hold secrets.</summary>
    public override string ToString() => $"{Revision} ({Hash.Brief})";
}
