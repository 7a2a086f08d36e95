using System.Globalization;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Applications;

/// <summary>What the labels of a container say about it; anybody may have written them.</summary>
/// <param name="Hash">SHA-256 hash of the launch config.</param>
/// <param name="Revision">Revision of the launch config.</param>
/// <param name="CfgDigest">Digest of the <c>--cfg</c> content; empty without such a file.</param>
/// <param name="Alias">MD5 of the launch config; the default value if the labels do not tell it.</param>
/// <param name="ContainerPort">TCP port inside the container.</param>
/// <param name="HealthCheckPath">Path of the health check, with its leading slash.</param>
internal sealed record ContainerClaim(
    LaunchConfigHash Hash,
    string Revision,
    string CfgDigest,
    LaunchConfigReference Alias,
    int ContainerPort,
    string HealthCheckPath)
{
    /// <summary>
    /// Name of the label with the TCP port inside the container, which a start without the store needs.
    /// </summary>
    public const string PortLabel = "wunderproxy.port";

    /// <summary>Name of the label with the health-check path, which a start without the store needs.</summary>
    public const string HealthLabel = "wunderproxy.health";

    /// <summary>Name of the label with the MD5 of the launch config.</summary>
    public const string AliasLabel = "wunderproxy.md5";

    /// <summary>Reads the labels of a container.</summary>
    /// <returns>
    /// The claim, or null if a label is missing or has a value that this program would not have written.
    /// </returns>
    public static ContainerClaim? Read(IReadOnlyDictionary<string, string> labels)
    {
        var isComplete = labels.TryGetValue(ContainerLabels.HashLabel, out var hashText)
            & labels.TryGetValue(ContainerLabels.RevisionLabel, out var revision)
            & labels.TryGetValue(ContainerLabels.EnvironmentLabel, out var environment);
        var aliasText = labels.GetValueOrDefault(AliasLabel, "");
        var isAlias = LaunchConfigReference.TryParse(aliasText, out var alias) && alias.IsAlias && alias.Value == aliasText;
        var health = labels.GetValueOrDefault(HealthLabel, "/");
        return isComplete
            && LaunchConfigHash.TryParse(hashText, out var hash) && hash.Value == hashText
            && LaunchConfigParser.IsImageTag(revision!)
            && (aliasText.Length == 0 || isAlias)
            && LaunchConfigParser.IsPath(health)
            && ReadPort(labels) is { } port
                ? new ContainerClaim(hash, revision!, environment!, alias, port, health)
                : null;
    }

    private static int? ReadPort(IReadOnlyDictionary<string, string> labels) =>
        !labels.TryGetValue(PortLabel, out var text) ? ContainerPorts.DefaultPort
        : PortName.TryParse(text, out var port) && port.Number.ToString(CultureInfo.InvariantCulture) == text ? port.Number
        : null;
}
