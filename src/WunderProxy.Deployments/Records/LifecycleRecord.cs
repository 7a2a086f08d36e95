using System.Text.Json.Serialization;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Records;

/// <summary>
/// The containers that this machine has in service and in care, stored as <c>record.json</c> of the local state. One
/// document, so that a switch, its intent and the launch config become durable together.
/// </summary>
internal sealed record LifecycleRecord
{
    /// <summary>SHA-256 hash of the launch config in service; empty before the first switch.</summary>
    public string Hash { get; init => field = value ?? ""; } = "";

    /// <summary>Full id of the container in service.</summary>
    public string Container { get; init => field = value ?? ""; } = "";

    /// <summary>SHA-256 of the <c>current.json</c> last seen in the store; empty if there was none.</summary>
    public string Seen { get; init => field = value ?? ""; } = "";

    /// <summary>When traffic was switched to the container in service.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>The exact bytes of the launch config in service, for starts without the store.</summary>
    public byte[] Config { get; init => field = value ?? []; } = [];

    /// <summary>Launched containers that wait for a switch.</summary>
    public IReadOnlyList<ContainerRecord> Launched { get; init => field = value ?? []; } = [];

    /// <summary>Containers that were once current, except the one in service; the latest is last.</summary>
    public IReadOnlyList<ContainerRecord> Earlier { get; init => field = value ?? []; } = [];

    /// <summary>Intents of switches that the history does not contain yet, oldest first.</summary>
    public IReadOnlyList<DeploymentIntent> Intents { get; init => field = value ?? []; } = [];

    /// <summary>Launch configs from which guards have switched back, oldest first; no start launches them.</summary>
    public IReadOnlyList<RejectedConfig> Rejected { get; init; } = [];

    /// <summary>Returns what is wrong with a record that somebody edited, or null if nothing is.</summary>
    public string? FindFault() =>
        Rejected is null ? "a list is missing"
        : Hash.Length > 0 && !LaunchConfigHash.TryParse(Hash, out _) ? "its hash is no SHA-256 launch config hash"
        : Launched.Concat(Earlier).Any(entry => entry is not { Container: not null, Hash: not null, Revision: not null })
            ? "an entry has no container"
        : Intents.Any(intent => intent is not { Id: not null, Hash: not null, Revision: not null, By: not null })
            ? "an intent is incomplete"
        : Rejected.Any(rejected => rejected is not { Hash: not null, Revision: not null }) ? "a rejected config has no hash"
        : null;

    /// <summary>
    /// Returns the record without launch config bytes that do not match <see cref="Hash"/>; store or labels have the
    /// right ones.
    /// </summary>
    public LifecycleRecord WithoutForeignConfig() =>
        Config.Length == 0 || LaunchConfigHash.Of(Config).Value == Hash ? this : this with { Config = [] };

    /// <summary>Whether the record names no container.</summary>
    [JsonIgnore]
    public bool IsEmpty => Hash.Length == 0 && Launched.Count == 0 && Earlier.Count == 0;

    /// <summary>Whether the record names a container.</summary>
    /// <param name="container">Full container id.</param>
    public bool Names(string container) => container.Length > 0
        && (Container == container || Launched.Concat(Earlier).Any(entry => entry.Container == container));
}
