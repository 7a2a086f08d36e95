using System.Collections.Immutable;
using System.Diagnostics;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Records;

namespace WunderProxy.Deployments.Applications;

/// <summary>One launch config on its way through its container.</summary>
/// <remarks>
/// <para>Several tasks change a deployment: the operation in progress, the watcher, the guard, drains and retirements.
/// Everything that changes is therefore held in one immutable <see cref="Facts"/>, which the methods of this class
/// replace under the deployment's lock. A reader sees the facts of one moment, and a move is checked against the state
/// of that moment.</para>
/// <para>Which task may move a deployment depends on its state. Up to <see cref="DeploymentState.Ready"/>: the launch
/// that brings it up, which runs under the operation gate. Among <see cref="DeploymentState.Ready"/>,
/// <see cref="DeploymentState.Current"/> and <see cref="DeploymentState.Draining"/>, and out of these: the holder of
/// <see cref="Application.SlotGuard"/>. Out of <see cref="DeploymentState.Kept"/>: the holder of
/// <see cref="Handling"/>. What a look at the container found, its <see cref="Replica"/>, is written by the task that
/// looked; the last look counts.</para>
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

    /// <summary>Creates a deployment whose hash and revision are known, and perhaps more.</summary>
    /// <param name="hash">SHA-256 hash of the launch config.</param>
    /// <param name="revision">The application's own name for what is deployed.</param>
    /// <param name="state">The state in which the deployment begins.</param>
    /// <param name="faults">Named points for fault tests; each move passes one.</param>
    /// <param name="alias">The MD5 that its container claims; the default value if unknown.</param>
    public Deployment(
        LaunchConfigHash hash, string revision, DeploymentState state, FaultPoints faults, LaunchConfigReference alias = default)
    {
        Hash = hash;
        Revision = revision;
        _claimedAlias = alias;
        _faults = faults;
        _facts = new Facts { State = state, WasCurrent = state == DeploymentState.Current };
    }

    /// <summary>SHA-256 hash of the launch config.</summary>
    public LaunchConfigHash Hash { get; }

    /// <summary>The application's own name for what is deployed.</summary>
    public string Revision { get; }

    /// <summary>MD5 of the launch config; the default value if only the hash is known.</summary>
    public LaunchConfigReference Alias => Config?.Alias ?? _claimedAlias;

    /// <summary>The launch config; null if it is not known on this machine.</summary>
    public LaunchConfig? Config
    {
        get => _facts.Config;
        init => _facts = _facts with { Config = value };
    }

    /// <summary>Digest of the <c>--cfg</c> content with which the container was created.</summary>
    public string CfgDigest { get; init; } = "";

    /// <summary>Path of the health check with its leading slash.</summary>
    public string HealthCheckPath { get; init; } = "/";

    /// <summary>Name of the container's image.</summary>
    public string Image
    {
        get => _facts.Image;
        init => _facts = _facts with { Image = value };
    }

    /// <summary>The engine's id of the image; empty if unknown.</summary>
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

    /// <summary>
    /// When the launch ended, or when the deployment was last current; decides the order of retirement.
    /// </summary>
    public DateTimeOffset UsedAt
    {
        get => _facts.UsedAt;
        init => _facts = _facts with { UsedAt = value };
    }

    /// <summary>Whether traffic ever went to the container.</summary>
    public bool WasCurrent
    {
        get => _facts.WasCurrent;
        init => _facts = _facts with { WasCurrent = value };
    }

    /// <summary>The containers of the deployment; at present always one.</summary>
    public ImmutableArray<Replica> Replicas => _facts.Replicas;

    /// <summary>The only container of the deployment.</summary>
    public Replica Replica
    {
        get => _facts.Replicas[0];
        init => _facts = _facts with { Replicas = [value] };
    }

    /// <summary>How far the deployment has come, between being fetched and being removed.</summary>
    public DeploymentState State => _facts.State;

    /// <summary>Reason code of the failure; empty unless the deployment failed.</summary>
    public string FailureReason => _facts.FailureReason;

    /// <summary>The drain in progress; null unless the state is <see cref="DeploymentState.Draining"/>.</summary>
    public DrainHandle? Drain => _facts.Drain;

    /// <summary>Whether the container should be running.</summary>
    public bool IsUp => State is DeploymentState.Ready or DeploymentState.Current or DeploymentState.Draining;

    /// <summary>The target to which traffic would go; null while no container can be reached.</summary>
    public TrafficTarget? Target => Replica is { Address: { } address } replica
        ? new TrafficTarget(address.EndPoint, replica.Id.Value, Hash, Revision)
        : null;

    /// <summary>Held while the container is started or stopped; taken before the slot guard, never after it.</summary>
    public SemaphoreSlim Handling { get; } = new(1, 1);

    /// <summary>Whether a hash, MD5 or SHA-256, names the launch config.</summary>
    public bool IsOf(LaunchConfigReference reference) => reference == Hash || reference == Alias;

    /// <summary>What the local record keeps of its container.</summary>
    /// <param name="at">When its launch ended, or it stopped being current.</param>
    public ContainerRecord ToRecord(DateTimeOffset at) => new(Replica.Id.Value, Hash.Value, Revision, at)
    {
        Config = Config is { } config && config.Bytes.Length <= ContainerRecord.MaxConfigBytes ? config.Bytes.ToArray() : [],
    };

    /// <summary>Records what a look at the container found.</summary>
    /// <returns>The container as it was before.</returns>
    public Replica See(Func<Replica, Replica> found) =>
        Change(facts => facts with { Replicas = [found(facts.Replicas[0])] }).Replicas[0];

    /// <summary>Records the launch config, which may be unknown for a container found at a start.</summary>
    public void Know(LaunchConfig config) => Change(facts => facts with { Config = config });

    /// <summary>Records the image from which the container is created.</summary>
    public void UseImage(string name, string id) => Change(facts => facts with { Image = name, ImageId = id });

    /// <summary>Records the TCP port inside the container.</summary>
    public void UsePort(int port) => Change(facts => facts with { ContainerPort = port });

    /// <summary>Records when the launch ended, or when the deployment was last current.</summary>
    public void NoteUse(DateTimeOffset at) => Change(facts => facts with { UsedAt = at });

    /// <summary>Moves the deployment out of service; exchanges in flight may finish.</summary>
    public void BeginDraining(DrainHandle drain) =>
        MoveTo(DeploymentState.Draining, facts => facts with { Drain = drain, UsedAt = drain.Since });

    /// <summary>
    /// Moves the deployment to another state; the only place that does. A move out of
    /// <see cref="DeploymentState.Draining"/> cancels the drain.
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
    /// A kept container that does not come up again stays kept; one that the engine starts again is ready.
    /// </summary>
    /// <exception cref="UnreachableException">The move is not in the table.</exception>
    public void MoveTo(DeploymentState next, string failureReason = "") =>
        MoveTo(next, facts => facts with { FailureReason = failureReason });

    /// <summary>Whether a deployment may move from one state to the other.</summary>
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

    /// <summary>Replaces the facts under the lock.</summary>
    /// <returns>The facts as they were before.</returns>
    private Facts Change(Func<Facts, Facts> change)
    {
        lock (_lock)
        {
            var before = _facts;
            _facts = change(before);
            return before;
        }
    }

    /// <summary>Everything about a deployment that changes during its life.</summary>
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
