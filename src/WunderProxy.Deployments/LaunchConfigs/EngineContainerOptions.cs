namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>What a create request needs besides the launch config.</summary>
public sealed record EngineContainerOptions
{
    /// <summary>Name of the image, for configs that name none: <c>localhost:N/APP:REVISION</c>.</summary>
    public required string ImageName { get; init; }

    /// <summary>The engine's id of that image, as it gives it; the containers get it as <c>DOCKER_IMAGE</c>.</summary>
    public required string ImageId { get; init; }

    /// <summary>Ports that the image exposes, as <c>9292/tcp</c>.</summary>
    public IReadOnlyList<string> ImagePorts { get; init; } = [];

    /// <summary>The <c>--cfg</c> file.</summary>
    public ContainerEnvironmentFile Environment { get; init; } = ContainerEnvironmentFile.None;

    /// <summary>The labels to add.</summary>
    public required ContainerLabels Labels { get; init; }

    /// <summary>Address to publish on: loopback, or empty for all when the engine is on another machine.</summary>
    public string PublishAddress { get; init; } = "127.0.0.1";
}
