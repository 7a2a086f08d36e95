namespace WunderProxy.Deployments.Contracts;

/// <summary>What to deploy: the bytes of a launch config, or the hash of a stored one.</summary>
public sealed record DeployRequest
{
    /// <summary>The launch config's exact bytes; null when <see cref="Reference"/> names a stored one.</summary>
    public ReadOnlyMemory<byte>? Config { get; init; }

    /// <summary>MD5 or SHA-256 of a stored launch config.</summary>
    public string? Reference { get; init; }

    /// <summary>Who deploys, for history and events.</summary>
    public required string By { get; init; }

    /// <summary>How long the new upstream is watched; null for the configured default, zero for not at all.</summary>
    public TimeSpan? Guard { get; init; }
}
