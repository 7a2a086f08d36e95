namespace WunderProxy.Deployments.Docker.Models;

/// <summary>What is used of an inspected image.</summary>
internal sealed record ImageDetails
{
    public required string Id { get; init; }

    /// <summary>Operating system and processor, such as <c>linux/arm64</c>; empty if the engine did not tell.</summary>
    public string Platform { get; init; } = "";

    /// <summary>Bytes of the image's layers on this machine; 0 if the engine did not tell.</summary>
    public long Size { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Ports such as <c>9292/tcp</c>.</summary>
    public IReadOnlyList<string> ExposedPorts { get; init; } = [];
}
