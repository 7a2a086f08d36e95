namespace WunderProxy.Deployments.Storage;

/// <summary>
/// Most bytes of each kind of document. What is larger is refused by name and never read whole: most of these files
/// and objects can be replaced by people whom this process must outlive.
/// </summary>
public static class DocumentLimits
{
    /// <summary>A launch config, <c>current.json</c> included; as much as the manager API takes.</summary>
    public const int LaunchConfig = 1 << 20;

    /// <summary><c>history.json</c>.</summary>
    public const int History = 1 << 20;

    /// <summary>An event, in the store or waiting in the local state.</summary>
    public const int Event = 64 << 10;

    /// <summary>A deployer's claim, <c>lock.ID.json</c>.</summary>
    public const int Lease = 64 << 10;

    /// <summary>A record of the local state: the launch config in service in base64, and containers with theirs.</summary>
    public const int LocalRecord = 16 << 20;

    /// <summary>The Docker client's <c>config.json</c>, with its logins.</summary>
    public const int DockerConfig = 1 << 20;

    /// <summary>The file of <c>--cfg</c>: more than a container's environment can be.</summary>
    public const int EnvironmentFile = 4 << 20;

    /// <summary>A limit in words: <c>64 KiB</c>.</summary>
    public static string Text(int bytes) => bytes >= 1 << 20 ? $"{bytes >> 20} MiB" : $"{bytes >> 10} KiB";

    /// <summary>The limit of the document that a key names.</summary>
    public static int Of(string key)
    {
        var name = key[(key.LastIndexOf('/') + 1)..];
        return name.StartsWith("lock.", StringComparison.Ordinal) ? Lease
            : key.Length > name.Length && key[..^(name.Length + 1)].EndsWith("events", StringComparison.Ordinal) ? Event
            : LaunchConfig;
    }
}
