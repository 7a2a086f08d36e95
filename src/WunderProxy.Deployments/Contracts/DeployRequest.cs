namespace WunderProxy.Deployments.Contracts;

/// <summary>A request to deploy the bytes of a launch config, or a stored launch config.</summary>
public sealed record DeployRequest
{
    /// <summary>The exact bytes of the launch config; null if <see cref="Reference"/> names a stored one.</summary>
    public ReadOnlyMemory<byte>? Config { get; init; }

    /// <summary>MD5 or SHA-256 of a stored launch config.</summary>
    public string? Reference { get; init; }

    /// <summary>Name of the deployer, for history and events.</summary>
    public required string By { get; init; }

    /// <summary>How long the new upstream is watched; null for the configured time, zero for no watch.</summary>
    public TimeSpan? Guard { get; init; }
}
