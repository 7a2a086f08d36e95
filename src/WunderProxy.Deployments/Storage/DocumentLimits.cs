namespace WunderProxy.Deployments.Storage;

/// <summary>
/// Largest size in bytes of each kind of document. A larger document is refused with its name and never read whole,
/// because most of these files and objects can be replaced by people who must not be able to exhaust this process.
/// </summary>
public static class DocumentLimits
{
    /// <summary>Limit of a launch config, <c>current.json</c> included; the same as for the manager API.</summary>
    public const int LaunchConfig = 1 << 20;

    /// <summary>Largest size of <c>history.json</c>, in bytes.</summary>
    public const int History = 1 << 20;

    /// <summary>Limit of an event, in the store or waiting in the local state.</summary>
    public const int Event = 64 << 10;

    /// <summary>Limit of a claim to a lease, <c>lock.ID.json</c> or <c>acme.lock.ID.json</c>.</summary>
    public const int Lease = 64 << 10;

    /// <summary>
    /// Limit of a record in the local state: the launch config in service in base64, and containers with theirs.
    /// </summary>
    public const int LocalRecord = 16 << 20;

    /// <summary>Limit of the Docker client's <c>config.json</c>, with its logins.</summary>
    public const int DockerConfig = 1 << 20;

    /// <summary>Limit of the file given to <c>--cfg</c>; larger than the environment of any container.</summary>
    public const int EnvironmentFile = 4 << 20;

    /// <summary>Returns a limit in words, such as <c>64 KiB</c>.</summary>
    public static string Text(int bytes) => bytes >= 1 << 20 ? $"{bytes >> 20} MiB" : $"{bytes >> 10} KiB";

    /// <summary>Returns the limit of the document that a key names.</summary>
    public static int Of(string key)
    {
        var name = key[(key.LastIndexOf('/') + 1)..];
        return name.StartsWith("lock.", StringComparison.Ordinal) || name.StartsWith("acme.lock.", StringComparison.Ordinal) ? Lease
            : key.Length > name.Length && key[..^(name.Length + 1)].EndsWith("events", StringComparison.Ordinal) ? Event
            : LaunchConfig;
    }
}
