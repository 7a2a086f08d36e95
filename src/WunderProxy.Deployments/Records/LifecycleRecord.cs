using System.Text.Json.Serialization;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Records;

/// <summary>
/// What this machine has in service and in care, as <c>record.json</c> of the local state keeps it. One document, so
/// that a switch, its intent and the launch config become durable together.
/// </summary>
internal sealed record LifecycleRecord
{
    /// <summary>SHA-256 hash of the launch config in service; empty before the first switch.</summary>
    public string Hash { get; init => field = value ?? ""; } = "";

    /// <summary>Full id of its container.</summary>
    public string Container { get; init => field = value ?? ""; } = "";

    /// <summary>SHA-256 of the <c>current.json</c> that was last seen; empty when none was.</summary>
    public string Seen { get; init => field = value ?? ""; } = "";

    /// <summary>When it was switched to.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>The exact bytes of the launch config in service, for starts without the store.</summary>
    public byte[] Config { get; init => field = value ?? []; } = [];

    /// <summary>Containers that were launched and wait.</summary>
    public IReadOnlyList<ContainerRecord> Launched { get; init => field = value ?? []; } = [];

    /// <summary>Containers that were once current, the one in service left out; the last one is the latest.</summary>
    public IReadOnlyList<ContainerRecord> Earlier { get; init => field = value ?? []; } = [];

    /// <summary>Switches that the history does not tell yet, oldest first.</summary>
    public IReadOnlyList<DeploymentIntent> Intents { get; init => field = value ?? []; } = [];

    /// <summary>What guards have switched back from, oldest first: no start launches these.</summary>
    public IReadOnlyList<RejectedConfig> Rejected { get; init; } = [];

    /// <summary>What is wrong with a record that somebody edited; null for nothing.</summary>
    public string? FindFault() =>
        Rejected is null ? "a list is missing"
        : Launched.Concat(Earlier).Any(entry => entry is not { Container: not null, Hash: not null, Revision: not null })
            ? "an entry has no container"
        : Intents.Any(intent => intent is not { Id: not null, Hash: not null, Revision: not null, By: not null })
            ? "an intent is incomplete"
        : Rejected.Any(rejected => rejected is not { Hash: not null, Revision: not null }) ? "a rejected config has no hash"
        : null;

    /// <summary>Without launch config bytes that are not those of <see cref="Hash"/>: store or labels have the right ones.</summary>
    public LifecycleRecord WithoutForeignConfig() =>
        Config.Length == 0 || LaunchConfigHash.Of(Config).Value == Hash ? this : this with { Config = [] };

    /// <summary>Whether a container is in anybody's care.</summary>
    [JsonIgnore]
    public bool IsEmpty => Hash.Length == 0 && Launched.Count == 0 && Earlier.Count == 0;

    /// <summary>Whether a container is named as one in care.</summary>
    /// <param name="container">Full id.</param>
    public bool Names(string container) => container.Length > 0
        && (Container == container || Launched.Concat(Earlier).Any(entry => entry.Container == container));
}
