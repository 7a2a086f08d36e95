namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>The parts of a create request that do not come from the launch config.</summary>
public sealed record EngineContainerOptions
{
    /// <summary>Name of the image for launch configs that name none: <c>localhost:N/APP:REVISION</c>.</summary>
    public required string ImageName { get; init; }

    /// <summary>The engine's id of that image; containers receive it as <c>DOCKER_IMAGE</c>.</summary>
    public required string ImageId { get; init; }

    /// <summary>Ports that the image exposes, such as <c>9292/tcp</c>.</summary>
    public IReadOnlyList<string> ImagePorts { get; init; } = [];

    /// <summary>The variables of the <c>--cfg</c> file.</summary>
    public ContainerEnvironmentFile Environment { get; init; } = ContainerEnvironmentFile.None;

    /// <summary>The labels to add to the container.</summary>
    public required ContainerLabels Labels { get; init; }

    /// <summary>
    /// Address on which ports are published: loopback, or empty for all addresses if the engine is on another machine.
    /// </summary>
    public string PublishAddress { get; init; } = "127.0.0.1";
}
