using static WunderProxy.Deployments.LaunchConfigs.EngineType;

namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>
/// The structs and maps in the engine's create body (POST /containers/create, up to API 1.52), and the fields of 2015
/// that this program moves.
/// </summary>
internal static class EngineSchema
{
    private static readonly EngineType Texts = MapOf(Plain);

    private static readonly EngineType Mount = Struct(
        "Type Source Target ReadOnly Consistency",
        ("BindOptions", Struct(
            "Propagation NonRecursive CreateMountpoint ReadOnlyNonRecursive ReadOnlyForceRecursive")),
        ("VolumeOptions", Struct(
            "NoCopy Subpath",
            ("Labels", Texts),
            ("DriverConfig", Struct("Name", ("Options", Texts))))),
        ("ImageOptions", Struct("Subpath")),
        ("TmpfsOptions", Struct("SizeBytes Mode Options")),
        ("ClusterOptions", Texts));

    private static readonly EngineType Endpoint = Struct(
        """
        Links Aliases NetworkID EndpointID Gateway IPAddress IPPrefixLen IPv6Gateway GlobalIPv6Address
        GlobalIPv6PrefixLen MacAddress DNSNames GwPriority
        """,
        ("IPAMConfig", Struct("IPv4Address IPv6Address LinkLocalIPs")),
        ("DriverOpts", Texts));

    private static readonly EngineType Throttles = ListOf(Struct("Path Rate"));

    /// <summary>The type of <c>HostConfig</c>.</summary>
    public static EngineType HostConfig { get; } = Struct(
        """
        Binds ContainerIDFile NetworkMode AutoRemove VolumeDriver VolumesFrom ConsoleSize CapAdd CapDrop Capabilities
        CgroupnsMode Dns DnsOptions DnsSearch ExtraHosts GroupAdd IpcMode Cgroup Links OomScoreAdj PidMode Privileged
        PublishAllPorts ReadonlyRootfs SecurityOpt UTSMode UsernsMode ShmSize Runtime Isolation MaskedPaths
        ReadonlyPaths Init
        CpuShares Memory NanoCpus CgroupParent BlkioWeight CpuPeriod CpuQuota CpuRealtimePeriod CpuRealtimeRuntime
        CpusetCpus CpusetMems DeviceCgroupRules KernelMemory KernelMemoryTCP MemoryReservation MemorySwap
        MemorySwappiness OomKillDisable PidsLimit CpuCount CpuPercent IOMaximumIOps IOMaximumBandwidth
        Cpuset LxcConf
        """,
        ("LogConfig", Struct("Type", ("Config", Texts))),
        ("PortBindings", MapOf(ListOf(Struct("HostIp HostPort")))),
        ("RestartPolicy", Struct("Name MaximumRetryCount")),
        ("Annotations", Texts),
        ("StorageOpt", Texts),
        ("Tmpfs", Texts),
        ("Sysctls", Texts),
        ("BlkioWeightDevice", ListOf(Struct("Path Weight"))),
        ("BlkioDeviceReadBps", Throttles),
        ("BlkioDeviceWriteBps", Throttles),
        ("BlkioDeviceReadIOps", Throttles),
        ("BlkioDeviceWriteIOps", Throttles),
        ("Devices", ListOf(Struct("PathOnHost PathInContainer CgroupPermissions"))),
        ("DeviceRequests", ListOf(Struct("Driver Count DeviceIDs Capabilities", ("Options", Texts)))),
        ("Ulimits", ListOf(Struct("Name Soft Hard"))),
        ("Mounts", ListOf(Mount)));

    /// <summary>
    /// The type of the whole body: the container config, with <c>HostConfig</c> and <c>NetworkingConfig</c> in it.
    /// </summary>
    public static EngineType CreateBody { get; } = Struct(
        """
        Hostname Domainname User AttachStdin AttachStdout AttachStderr Tty OpenStdin StdinOnce Env Cmd ArgsEscaped
        Image WorkingDir Entrypoint NetworkDisabled MacAddress OnBuild StopSignal StopTimeout Shell
        Memory MemorySwap CpuShares Cpuset CpusetCpus Dns VolumesFrom VolumeDriver PortSpecs LxcConf
        """,
        ("ExposedPorts", MapOf(Texts)),
        ("Volumes", MapOf(Texts)),
        ("Labels", Texts),
        ("Healthcheck", Struct("Test Interval Timeout StartPeriod StartInterval Retries")),
        ("HostConfig", HostConfig),
        ("NetworkingConfig", Struct("", ("EndpointsConfig", MapOf(Endpoint)))));

    /// <summary>The type of a launch config, which the old tool decoded by the same rules.</summary>
    public static EngineType LaunchConfig { get; } = Struct(
        "HealthCheckPath Revision ForceReload ContainerPort ImageBucket",
        ("ContainerConfig", CreateBody),
        ("HostConfig", HostConfig));
}
