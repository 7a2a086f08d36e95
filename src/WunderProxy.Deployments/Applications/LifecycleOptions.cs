using System.ComponentModel.DataAnnotations;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Machines;
using WunderProxy.Deployments.Restrictions;

namespace WunderProxy.Deployments.Applications;

/// <summary>Options for naming, launching, watching and retiring containers.</summary>
public sealed record LifecycleOptions
{
    /// <summary>Bucket name, or <c>file:DIR</c>, as given on the command line.</summary>
    public required string Bucket { get; init; }

    /// <summary>The service's prefix in the bucket.</summary>
    public required string Prefix { get; init; }

    /// <summary>Name of the application, which is part of image and container names.</summary>
    public required string App { get; init; }

    /// <summary>
    /// Port of the registry for launch configs that name no image, <c>localhost:N/APP:REVISION</c>. Default 8080, as in
    /// the old tool.
    /// </summary>
    [Range(1, 65535)]
    public int RegistryPort { get; init; } = 8080;

    /// <summary>Environment variables given to every container (<c>--cfg</c>).</summary>
    public ContainerEnvironmentFile Environment { get; init; } = ContainerEnvironmentFile.None;

    /// <summary>
    /// By which address the proxy reaches a container. Default <see cref="ContainerAddressMode.Auto"/>.
    /// </summary>
    public ContainerAddressMode ContainerAddress { get; init; } = ContainerAddressMode.Auto;

    /// <summary>Time between two probes at launch. Default 1 s, as in kamal-proxy.</summary>
    public TimeSpan HealthInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait for the answer to a probe. Default 5 s, as in kamal-proxy.</summary>
    public TimeSpan HealthTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest time for a launch, once the image is there. Default 60 s.</summary>
    public TimeSpan LaunchTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest time that a pull may go without progress. Default 60 s.</summary>
    public TimeSpan PullStallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time that exchanges get to finish on the old upstream after a switch. Default 30 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time that upgraded and long-lived exchanges get to finish. Default 5 min.</summary>
    public TimeSpan DrainUpgradedTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Least time that a container keeps running after traffic left it, drained or not, so that a switch back finds it.
    /// Default zero; <c>run</c> sets 10 s.
    /// </summary>
    public TimeSpan Standby { get; init; }

    /// <summary>Time from SIGTERM to SIGKILL when a container is stopped. Default 10 s, as in Docker.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between two probes of the current container. Default 5 s.</summary>
    public TimeSpan WatchInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Number of earlier hashes whose image and stopped container are kept. Default 3.</summary>
    [Range(0, 1000)]
    public int Keep { get; init; } = 3;

    /// <summary>How long a new upstream is watched after a switch; zero, the default, for no watch.</summary>
    public TimeSpan Guard { get; init; }

    /// <summary>What launch configs may use (<c>--restrict</c>); null for no restriction.</summary>
    public LaunchRestriction? Restriction { get; init; }

    /// <summary>Version of this program, for the <c>User-Agent</c> of probes.</summary>
    public string Version { get; init; } = "0";

    /// <summary><c>BUCKET/PREFIX</c>, the value of a container's label.</summary>
    internal string PrefixLabel => $"{Bucket}/{Prefix}";
}
