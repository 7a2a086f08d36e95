using System.ComponentModel.DataAnnotations;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Machines;
using WunderProxy.Deployments.Restrictions;

namespace WunderProxy.Deployments.Applications;

/// <summary>How containers are named, launched, watched and retired.</summary>
public sealed record LifecycleOptions
{
    /// <summary>Bucket name, or <c>file:DIR</c>, as given on the command line.</summary>
    public required string Bucket { get; init; }

    /// <summary>Prefix in the bucket.</summary>
    public required string Prefix { get; init; }

    /// <summary>Application name: part of image and container names.</summary>
    public required string App { get; init; }

    /// <summary>Images without a name are <c>localhost:N/APP:REVISION</c>. Default 8080, as in the old tool.</summary>
    [Range(1, 65535)]
    public int RegistryPort { get; init; } = 8080;

    /// <summary>Environment given to every container (<c>--cfg</c>).</summary>
    public ContainerEnvironmentFile Environment { get; init; } = ContainerEnvironmentFile.None;

    /// <summary>Which address of a container is used. Default <see cref="ContainerAddressMode.Auto"/>.</summary>
    public ContainerAddressMode ContainerAddress { get; init; } = ContainerAddressMode.Auto;

    /// <summary>Between two probes at launch. Default 1 s, as kamal-proxy.</summary>
    public TimeSpan HealthInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Patience for one probe. Default 5 s, as kamal-proxy.</summary>
    public TimeSpan HealthTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Patience for a launch once the image is there. Default 60 s.</summary>
    public TimeSpan LaunchTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A pull without progress for this long fails. Default 60 s.</summary>
    public TimeSpan PullStallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long exchanges may finish on the old upstream after a switch. Default 30 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long upgraded and long-lived ones may. Default 5 min.</summary>
    public TimeSpan DrainUpgradedTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long a container stays up at least after traffic left it, drained or not, so that a switch back finds it.
    /// Default zero; <c>run</c> gives 10 s.
    /// </summary>
    public TimeSpan Standby { get; init; }

    /// <summary>SIGTERM to SIGKILL for a container. Default 10 s, Docker's own.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between two probes of the current container. Default 5 s.</summary>
    public TimeSpan WatchInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Earlier hashes whose image and stopped container are kept. Default 3.</summary>
    [Range(0, 1000)]
    public int Keep { get; init; } = 3;

    /// <summary>How long a new upstream is watched after a switch; zero for not at all. Default zero.</summary>
    public TimeSpan Guard { get; init; }

    /// <summary>What launch configs may use (<c>--restrict</c>); null for everything.</summary>
    public LaunchRestriction? Restriction { get; init; }

    /// <summary>Our own version, for the probes' <c>User-Agent</c>.</summary>
    public string Version { get; init; } = "0";

    /// <summary><c>BUCKET/PREFIX</c>, the value of a container's label.</summary>
    internal string PrefixLabel => $"{Bucket}/{Prefix}";
}
