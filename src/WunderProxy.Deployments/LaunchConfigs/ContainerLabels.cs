namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>
/// The labels that this program gives to a container. They do not prove that the container is ours: images carry
/// labels, and anybody can set them.
/// </summary>
/// <param name="App">Name of the application.</param>
/// <param name="Prefix">Bucket and prefix of the service: <c>BUCKET/PREFIX</c>.</param>
/// <param name="Hash">SHA-256 hash of the launch config.</param>
/// <param name="Revision">The application's own name for what is deployed.</param>
/// <param name="Environment">Digest of the <c>--cfg</c> content; empty without such a file.</param>
public sealed record ContainerLabels(string App, string Prefix, LaunchConfigHash Hash, string Revision, string Environment)
{
    /// <summary>Start of the names of all our labels; a launch config cannot set such a label.</summary>
    public const string Namespace = "wunderproxy.";

    /// <summary>Name of the label with the application.</summary>
    public const string AppLabel = "wunderproxy.app";

    /// <summary>Name of the label with bucket and prefix.</summary>
    public const string PrefixLabel = "wunderproxy.prefix";

    /// <summary>Name of the label with the launch config hash.</summary>
    public const string HashLabel = "wunderproxy.hash";

    /// <summary>Name of the label with the revision.</summary>
    public const string RevisionLabel = "wunderproxy.revision";

    /// <summary>Name of the label with the digest of the <c>--cfg</c> content.</summary>
    public const string EnvironmentLabel = "wunderproxy.cfg";

    /// <summary>Returns the labels as name and value pairs, as the engine takes them.</summary>
    public IEnumerable<KeyValuePair<string, string>> ToPairs() =>
    [
        new(AppLabel, App),
        new(PrefixLabel, Prefix),
        new(HashLabel, Hash.Value),
        new(RevisionLabel, Revision),
        new(EnvironmentLabel, Environment),
    ];
}
