using System.Collections.Immutable;
using System.Diagnostics;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Records;

namespace WunderProxy.Deployments.Applications;

/// <summary>One launch config on its way through its container.</summary>
/// <remarks>
/// <para>
/// Several tasks change a deployment: the operation under way, the watcher, the guard, drains and retirements. So all that
/// changes lies in one immutable <see cref="Facts"/>, which the methods of this class replace under its lock. A reader sees
/// the facts of one moment, and a move is judged by the state of that moment.
/// </para>
/// <para>
/// Which task may move it depends on its state. Up to <see cref="DeploymentState.Ready"/>: the launch that brings it up,
/// which runs under the operation gate. Among <see cref="DeploymentState.Ready"/>, <see cref="DeploymentState.Current"/> and
/// <see cref="DeploymentState.Draining"/>, and out of these: the holder of <see cref="Application.SlotGuard"/>. Out of
/// <see cref="DeploymentState.Kept"/>: the holder of <see cref="Handling"/>. What a look at the container found, its
/// <see cref="Replica"/>, is written by whoever looked; the last look counts.
/// </para>
/// </remarks>
internal sealed class Deployment
{
    private readonly Lock _lock = new();
    private readonly FaultPoints _faults;
    private readonly LaunchConfigReference _claimedAlias;
    private volatile Facts _facts;

    /// <summary>Creates a deployment whose launch config is known.</summary>
    public Deployment(LaunchConfig config, DeploymentState state, FaultPoints faults)
        : this(config.Hash, config.Revision, state, faults) => _facts = _facts with { Config = config };

    /// <summary>Creates a deployment of which hash and revision are known, and perhaps more.</summary>
    /// <param name="hash">SHA-256 launch config hash.</param>
    /// <param name="revision">The application's own name for it.</param>
    /// <param name="state">Where it stands.</param>
    /// <param name="faults">Named points for fault tests; each move passes one.</param>
    /// <param name="alias">The MD5 that its container claims; the default value when that is not known.</param>
    public Deployment(
        LaunchConfigHash hash, string revision, DeploymentState state, FaultPoints faults, LaunchConfigReference alias = default)
    {
        Hash = hash;
        Revision = revision;
        _claimedAlias = alias;
        _faults = faults;
        _facts = new Facts { State = state, WasCurrent = state == DeploymentState.Current };
    }

    /// <summary>SHA-256 launch config hash.</summary>
    public LaunchConfigHash Hash { get; }

    /// <summary>The application's own name for it.</summary>
    public string Revision { get; }

    /// <summary>MD5 of the launch config; the default value when only the hash is known.</summary>
    public LaunchConfigReference Alias => Config?.Alias ?? _claimedAlias;

    /// <summary>The launch config; null when it is not known on this machine.</summary>
    public LaunchConfig? Config
    {
        get => _facts.Config;
        init => _facts = _facts with { Config = value };
    }

    /// <summary>Digest of the <c>--cfg</c> content that its container was created with.</summary>
    public string CfgDigest { get; init; } = "";

    /// <summary>Path of the health check with its leading slash.</summary>
    public string HealthCheckPath { get; init; } = "/";

    /// <summary>The image's name.</summary>
    public string Image
    {
        get => _facts.Image;
        init => _facts = _facts with { Image = value };
    }

    /// <summary>The engine's id of the image; empty when it is not known.</summary>
    public string ImageId
    {
        get => _facts.ImageId;
        init => _facts = _facts with { ImageId = value };
    }

    /// <summary>TCP port inside the container.</summary>
    public int ContainerPort
    {
        get => _facts.ContainerPort;
        init => _facts = _facts with { ContainerPort = value };
    }

    /// <summary>When its launch ended, or it was last current: the order of retirement.</summary>
    public DateTimeOffset UsedAt
    {
        get => _facts.UsedAt;
        init => _facts = _facts with { UsedAt = value };
    }

    /// <summary>Whether traffic ever went to it.</summary>
    public bool WasCurrent
    {
        get => _facts.WasCurrent;
        init => _facts = _facts with { WasCurrent = value };
    }

    /// <summary>Its containers; today there is one.</summary>
    public ImmutableArray<Replica> Replicas => _facts.Replicas;

    /// <summary>Its one container.</summary>
    public Replica Replica
    {
        get => _facts.Replicas[0];
        init => _facts = _facts with { Replicas = [value] };
    }

    /// <summary>Where it stands.</summary>
    public DeploymentState State => _facts.State;

    /// <summary>Why it failed, as a reason code; empty unless it failed.</summary>
    public string FailureReason => _facts.FailureReason;

    /// <summary>Its drain; null unless it is <see cref="DeploymentState.Draining"/>.</summary>
    public DrainHandle? Drain => _facts.Drain;

    /// <summary>Whether its container should be running.</summary>
    public bool IsUp => State is DeploymentState.Ready or DeploymentState.Current or DeploymentState.Draining;

    /// <summary>Where traffic would go; null while no container of it is reached.</summary>
    public TrafficTarget? Target => Replica is { Address: { } address } replica
        ? new TrafficTarget(address.EndPoint, replica.Id.Value, Hash.Value, Revision)
        : null;

    /// <summary>Taken while its container is started or stopped, before the slot guard and never after it.</summary>
    public SemaphoreSlim Handling { get; } = new(1, 1);

    /// <summary>Whether a hash, MD5 or SHA-256, names its launch config.</summary>
    public bool IsOf(LaunchConfigReference reference) => reference == Hash || reference == Alias;

    /// <summary>What the local record keeps of its container.</summary>
    /// <param name="at">When its launch ended, or it stopped being current.</param>
    public ContainerRecord ToRecord(DateTimeOffset at) => new(Replica.Id.Value, Hash.Value, Revision, at)
    {
        Config = Config is { } config && config.Bytes.Length <= ContainerRecord.MaxConfigBytes ? config.Bytes.ToArray() : [],
    };

    /// <summary>Notes what a look at its container found.</summary>
    /// <returns>The container as it was before.</returns>
    public Replica See(Func<Replica, Replica> found) =>
        Change(facts => facts with { Replicas = [found(facts.Replicas[0])] }).Replicas[0];

    /// <summary>Notes its launch config, which a container found at a start need not have.</summary>
    public void Know(LaunchConfig config) => Change(facts => facts with { Config = config });

    /// <summary>Notes the image that its container is created from.</summary>
    public void UseImage(string name, string id) => Change(facts => facts with { Image = name, ImageId = id });

    /// <summary>Notes the TCP port inside its container.</summary>
    public void UsePort(int port) => Change(facts => facts with { ContainerPort = port });

    /// <summary>Notes when its launch ended.</summary>
    public void NoteUse(DateTimeOffset at) => Change(facts => facts with { UsedAt = at });

    /// <summary>Moves it out of service: it finishes what it has.</summary>
    public void BeginDraining(DrainHandle drain) =>
        MoveTo(DeploymentState.Draining, facts => facts with { Drain = drain, UsedAt = drain.Since });

    /// <summary>
    /// The one place where a deployment moves. A move out of <see cref="DeploymentState.Draining"/> calls the drain off.
    /// <code>
    /// Fetching  → Pulling | Creating | Starting | Checking | Failed
    /// Pulling   → Creating | Failed
    /// Creating  → Starting | Failed
    /// Starting  → Checking | Failed
    /// Checking  → Ready | Failed
    /// Ready     → Current | Kept | Removed | Checking
    /// Current   → Draining | Kept | Removed
    /// Draining  → Current | Ready | Kept | Removed
    /// Kept      → Starting | Checking | Ready | Current | Removed
    /// Failed    → Removed | Kept
    /// </code>
    /// A kept one that does not come up again is kept as before; one that the engine runs again is ready.
    /// </summary>
    /// <exception cref="UnreachableException">The move is not in the table.</exception>
    public void MoveTo(DeploymentState next, string failureReason = "") =>
        MoveTo(next, facts => facts with { FailureReason = failureReason });

    /// <summary>The table of legal moves.</summary>
    internal static bool IsLegal(DeploymentState from, DeploymentState to) => from switch
    {
        DeploymentState.Fetching => to is DeploymentState.Pulling or DeploymentState.Creating
            or DeploymentState.Starting or DeploymentState.Checking or DeploymentState.Failed,
        DeploymentState.Pulling => to is DeploymentState.Creating or DeploymentState.Failed,
        DeploymentState.Creating => to is DeploymentState.Starting or DeploymentState.Failed,
        DeploymentState.Starting => to is DeploymentState.Checking or DeploymentState.Failed,
        DeploymentState.Checking => to is DeploymentState.Ready or DeploymentState.Failed,
        DeploymentState.Ready => to is DeploymentState.Current or DeploymentState.Kept
            or DeploymentState.Removed or DeploymentState.Checking,
        DeploymentState.Current => to is DeploymentState.Draining or DeploymentState.Kept or DeploymentState.Removed,
        DeploymentState.Draining => to is DeploymentState.Current or DeploymentState.Ready
            or DeploymentState.Kept or DeploymentState.Removed,
        DeploymentState.Kept => to is DeploymentState.Starting or DeploymentState.Checking
            or DeploymentState.Ready or DeploymentState.Current or DeploymentState.Removed,
        DeploymentState.Failed => to is DeploymentState.Removed or DeploymentState.Kept,
        _ => false,
    };

    private void MoveTo(DeploymentState next, Func<Facts, Facts> with)
    {
        var before = Change(facts => IsLegal(facts.State, next)
            ? with(facts with { State = next, Drain = null, WasCurrent = facts.WasCurrent || next == DeploymentState.Current })
            : throw new UnreachableException($"a deployment cannot move from {facts.State} to {next}"));
        before.Drain?.Cancellation.Cancel();
        _faults.Hit($"{before.State}-{next}");
    }

    /// <summary>Replaces the facts.</summary>
    /// <returns>The facts of before.</returns>
    private Facts Change(Func<Facts, Facts> change)
    {
        lock (_lock)
        {
            var before = _facts;
            _facts = change(before);
            return before;
        }
    }

    /// <summary>What changes in the life of a deployment.</summary>
    private sealed record Facts
    {
        public DeploymentState State { get; init; }

        public string FailureReason { get; init; } = "";

        public LaunchConfig? Config { get; init; }

        public ImmutableArray<Replica> Replicas { get; init; } = [new Replica()];

        public DrainHandle? Drain { get; init; }

        public string Image { get; init; } = "";

        public string ImageId { get; init; } = "";

        public int ContainerPort { get; init; }

        public DateTimeOffset UsedAt { get; init; }

        public bool WasCurrent { get; init; }
    }
}
