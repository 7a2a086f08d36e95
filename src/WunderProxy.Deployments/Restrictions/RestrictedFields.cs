using static WunderProxy.Deployments.Restrictions.FieldRules;

namespace WunderProxy.Deployments.Restrictions;

/// <summary>
/// The fields that a launch config may use under <c>--restrict</c>; <c>docs/reference.md</c> has the same list. A field
/// that is not listed is refused unless it is empty. The rule for a field covers everything in it.
/// </summary>
internal static class RestrictedFields
{
    /// <summary>
    /// The rules by path in the create body. Items of lists and values of maps have the path of the list, or <c>*</c>.
    /// </summary>
    public static IReadOnlyDictionary<string, FieldRule> Rules { get; } = Build();

    private static Dictionary<string, FieldRule> Build()
    {
        Dictionary<string, FieldRule> rules = new(StringComparer.Ordinal)
        {
            ["ContainerConfig.Hostname"] = HostName,
            ["ContainerConfig.Domainname"] = HostName,
            ["ContainerConfig.Volumes"] = AnonymousVolumes,
            ["ContainerConfig.NetworkingConfig.EndpointsConfig"] = Networks,
            ["HostConfig.Binds"] = Binds,
            ["HostConfig.CapAdd"] = Capabilities,
            ["HostConfig.CgroupnsMode"] = OneOf("", "private"),
            ["HostConfig.IpcMode"] = OneOf("", "none", "private"),
            ["HostConfig.Isolation"] = OneOf("", "default"),
            ["HostConfig.LogConfig.Type"] = OneOf("", "json-file", "local", "none"),
            ["HostConfig.LogConfig.Config"] = LogConfig,
            ["HostConfig.MaskedPaths"] = OnlyNull,
            ["HostConfig.ReadonlyPaths"] = OnlyNull,
            ["HostConfig.Mounts.Type"] = OneOf("bind", "volume", "tmpfs"),
            ["HostConfig.Mounts.Source"] = MountSource,
            ["HostConfig.Mounts.BindOptions.Propagation"] = OneOf("", "private", "rprivate"),
            ["HostConfig.Mounts.VolumeOptions.DriverConfig.Name"] = OneOf("", "local"),
            ["HostConfig.NetworkMode"] = NetworkMode,
            ["HostConfig.OomScoreAdj"] = OomScore,
            ["HostConfig.PortBindings"] = Ports,
            ["HostConfig.SecurityOpt"] = OneOf("no-new-privileges", "no-new-privileges:true", "no-new-privileges=true"),
            ["HostConfig.Tmpfs"] = Tmpfs,
            ["HostConfig.Ulimits.Name"] = OneOf("core", "fsize", "nofile", "nproc", "stack"),
            ["HostConfig.VolumeDriver"] = OneOf("", "local"),
        };
        Add(
            rules,
            "ContainerConfig",
            """
            ArgsEscaped AttachStderr AttachStdin AttachStdout Cmd Entrypoint Env ExposedPorts Healthcheck Image Labels
            NetworkDisabled OnBuild OpenStdin Shell StdinOnce StopSignal StopTimeout Tty User WorkingDir
            """);
        Add(
            rules,
            "HostConfig",
            """
            BlkioWeight CapDrop ConsoleSize CpuCount CpuPercent CpuPeriod CpuQuota CpuShares CpusetCpus CpusetMems Dns
            DnsOptions DnsSearch ExtraHosts IOMaximumBandwidth IOMaximumIOps Init KernelMemory KernelMemoryTCP Memory
            MemoryReservation MemorySwap MemorySwappiness NanoCpus PidsLimit ReadonlyRootfs RestartPolicy ShmSize
            Mounts.Consistency Mounts.ReadOnly Mounts.Target
            Mounts.BindOptions.CreateMountpoint Mounts.BindOptions.NonRecursive
            Mounts.BindOptions.ReadOnlyForceRecursive Mounts.BindOptions.ReadOnlyNonRecursive
            Mounts.TmpfsOptions.Mode Mounts.TmpfsOptions.SizeBytes
            Mounts.VolumeOptions.Labels Mounts.VolumeOptions.NoCopy Mounts.VolumeOptions.Subpath
            Ulimits.Hard Ulimits.Soft
            """);
        return rules;
    }

    private static void Add(Dictionary<string, FieldRule> rules, string parent, string names)
    {
        foreach (var name in names.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            rules.Add($"{parent}.{name}", Any);
        }
    }
}
