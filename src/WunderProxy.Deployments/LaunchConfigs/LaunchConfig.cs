using System.Text.Json.Nodes;

namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>
/// The immutable document that says how to start one container. Its identity is the digest of the exact bytes that it
/// was parsed from; they are kept, and are what is stored.
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

    /// <summary>The exact bytes.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>SHA-256 of <see cref="Bytes"/>: the identity.</summary>
    public LaunchConfigHash Hash { get; }

    /// <summary>MD5 of <see cref="Bytes"/>: the name that the old tool knows it by.</summary>
    public LaunchConfigReference Alias { get; }

    /// <summary>The application's own name for what is deployed; a legal image tag.</summary>
    public required string Revision { get; init; }

    /// <summary>Path of the health check with its leading slash; <c>/</c> when the config names none.</summary>
    public required string HealthCheckPath { get; init; }

    /// <summary>Pull anew, and replace even a running container of the same hash.</summary>
    public bool ForceReload { get; init; }

    /// <summary>TCP port inside the container; null when the rule for exposed ports decides.</summary>
    public int? ContainerPort { get; init; }

    /// <summary>Bucket that holds image archives; empty when there is none.</summary>
    public string ImageBucket { get; init; } = "";

    /// <summary><c>ContainerConfig.Image</c>; empty when the image is named after application and revision.</summary>
    public string Image { get; init; } = "";

    /// <summary><c>ContainerConfig.Env</c>, as <c>KEY=value</c>.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>Reads a launch config.</summary>
    /// <exception cref="InvalidLaunchConfigException">The bytes are no launch config.</exception>
    public static LaunchConfig Parse(ReadOnlyMemory<byte> bytes) => LaunchConfigParser.Parse(bytes);

    /// <summary>Reads a launch config that an earlier version may have taken and this one refuses.</summary>
    /// <returns>The config; null when the bytes are none, or there are no bytes.</returns>
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

    /// <summary>Whether a hash as somebody gave it, MD5 or SHA-256, names this config.</summary>
    public bool Is(LaunchConfigReference reference) => reference == Alias || reference == Hash;

    /// <summary>Whether the text of a hash, MD5 or SHA-256, names this config.</summary>
    public bool Is(string? reference) => LaunchConfigReference.TryParse(reference, out var parsed) && Is(parsed);

    /// <summary>A copy of the engine's container config, untouched.</summary>
    public JsonObject CopyContainerConfig() => _containerConfig.DeepClone().AsObject();

    /// <summary>A copy of the engine's host config, untouched.</summary>
    public JsonObject CopyHostConfig() => _hostConfig.DeepClone().AsObject();

    /// <summary>Two configs are the same when their bytes are.</summary>
    public bool Equals(LaunchConfig? other) => other is not null && Hash == other.Hash;

    /// <inheritdoc/>
    public override int GetHashCode() => Hash.GetHashCode();

    /// <summary>Revision and short hash: nothing of the environment, which may hold secrets.</summary>
    public override string ToString() => $"{Revision} ({Hash.Brief})";
}
