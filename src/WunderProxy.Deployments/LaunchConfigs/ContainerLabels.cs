namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>
/// The labels that we give to a container. Alone they prove nothing about it: images carry labels, and anybody can
/// write them.
/// </summary>
/// <param name="App">The application.</param>
/// <param name="Prefix"><c>BUCKET/PREFIX</c>.</param>
/// <param name="Hash">SHA-256 launch config hash.</param>
/// <param name="Revision">The application's own name for it.</param>
/// <param name="Environment">Digest of the <c>--cfg</c> content; empty without one.</param>
public sealed record ContainerLabels(string App, string Prefix, string Hash, string Revision, string Environment)
{
    /// <summary>All labels whose names begin so are ours; a launch config cannot set them.</summary>
    public const string Namespace = "wunderproxy.";

    /// <summary>Label of the application.</summary>
    public const string AppLabel = "wunderproxy.app";

    /// <summary>Label of bucket and prefix.</summary>
    public const string PrefixLabel = "wunderproxy.prefix";

    /// <summary>Label of the launch config hash.</summary>
    public const string HashLabel = "wunderproxy.hash";

    /// <summary>Label of the revision.</summary>
    public const string RevisionLabel = "wunderproxy.revision";

    /// <summary>Label of the digest of the <c>--cfg</c> content.</summary>
    public const string EnvironmentLabel = "wunderproxy.cfg";

    /// <summary>The labels as the engine takes them.</summary>
    public IEnumerable<KeyValuePair<string, string>> ToPairs() =>
    [
        new(AppLabel, App),
        new(PrefixLabel, Prefix),
        new(HashLabel, Hash),
        new(RevisionLabel, Revision),
        new(EnvironmentLabel, Environment),
    ];
}
