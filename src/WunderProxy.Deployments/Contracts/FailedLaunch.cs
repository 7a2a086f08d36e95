namespace WunderProxy.Deployments.Contracts;

/// <summary>
/// A launch that failed, with the evidence that was collected before its container was removed. Secrets are masked;
/// texts and lists are bounded, because the record is kept in the local state.
/// </summary>
public sealed record FailedLaunch
{
    /// <summary>Time at which the launch failed, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The operation that launched: <c>launch</c>, <c>deploy</c>, <c>rollback</c> or <c>start</c>.</summary>
    public string Kind { get; init; } = "start";

    /// <summary>Who asked for the operation; empty for one that began by itself.</summary>
    public string By { get; init; } = "";

    /// <summary>SHA-256 hash of the launch config, or what the caller named; empty if unknown.</summary>
    public string Hash { get; init; } = "";

    /// <summary>Revision of the launch config; empty if it could not be read.</summary>
    public string Revision { get; init; } = "";

    /// <summary>Reason code of the failure, as the caller got it.</summary>
    public required string Code { get; init; }

    /// <summary>The failure in words, as the caller got them.</summary>
    public required string Message { get; init; }

    /// <summary>Duration of the launch in seconds, from the first step to the failure.</summary>
    public double Seconds { get; init; }

    /// <summary>The steps of the launch, in order; the last one is the step that failed.</summary>
    public IReadOnlyList<StepTime> Steps { get; init; } = [];

    /// <summary>Name of the image; empty if unknown.</summary>
    public string Image { get; init; } = "";

    /// <summary>Operating system and processor of the image, such as <c>linux/arm64</c>; empty if unknown.</summary>
    public string ImagePlatform { get; init; } = "";

    /// <summary>TCP port inside the container to which traffic would go; 0 if unknown.</summary>
    public int ContainerPort { get; init; }

    /// <summary>Path of the health check, with its leading slash; empty if unknown.</summary>
    public string HealthCheckPath { get; init; } = "";

    /// <summary>Names of the variables that the container was given.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];

    /// <summary>Exit code, probes, ports and log of the container; null without a container.</summary>
    public DeploymentErrorDetails? Details { get; init; }

    /// <summary>
    /// Returns what callers without rights may see: codes, counts, times and the revision, but nothing that engine,
    /// store, launch config or application said.
    /// </summary>
    public FailedLaunch ForAnybody() => this with
    {
        By = "",
        Message = "",
        Image = "",
        ImagePlatform = "",
        HealthCheckPath = "",
        ContainerPort = 0,
        Variables = [],
        Details = Details?.ForAnybody(),
    };
}
