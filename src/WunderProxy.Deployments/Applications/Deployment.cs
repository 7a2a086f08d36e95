using System.Diagnostics;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Machines;
using WunderProxy.Deployments.Records;

namespace WunderProxy.Deployments.Applications;

/// <summary>One launch config on its way through one container. Changed only under the operation gate or slot guard.</summary>
internal sealed class Deployment
{
    /// <summary>The engine's health status for a container without a <c>HEALTHCHECK</c>.</summary>
    public const string NoHealthcheck = "none";

    private readonly FaultPoints _faults;

    public Deployment(string hash, string revision, DeploymentState state, FaultPoints faults)
    {
        Hash = hash;
        Revision = revision;
        State = state;
        _faults = faults;
    }

    /// <summary>SHA-256 hash of the launch config.</summary>
    public string Hash { get; }

    /// <summary>MD5 of the launch config's bytes; empty if only the hash is known.</summary>
    public string Alias { get; set; } = "";

    /// <summary>The application's own name for what is deployed.</summary>
    public string Revision { get; }

    /// <summary>The exact bytes of the launch config; empty if they are not known on this machine.</summary>
    public byte[] Config { get; set; } = [];

    /// <summary>The state of the deployment.</summary>
    public DeploymentState State { get; private set; }

    /// <summary>Reason code of a failure; empty without one.</summary>
    public string FailureReason { get; private set; } = "";

    /// <summary>Full container id; empty before the container exists.</summary>
    public string ContainerId { get; set; } = "";

    public string ContainerName { get; set; } = "";

    /// <summary>Name of the image.</summary>
    public string Image { get; set; } = "";

    /// <summary>The engine's id of the image; empty if unknown.</summary>
    public string ImageId { get; set; } = "";

    /// <summary>Digest of the <c>--cfg</c> content with which the container was created.</summary>
    public string CfgDigest { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>
    /// When the launch ended, or when the deployment was last current; decides the order of retirement.
    /// </summary>
    public DateTimeOffset UsedAt { get; set; }

    /// <summary>Whether traffic ever went to the container.</summary>
    public bool WasCurrent { get; set; }

    /// <summary>TCP port inside the container.</summary>
    public int ContainerPort { get; set; }

    public string HealthCheckPath { get; set; } = "/";

    /// <summary>Start time of the run that was found healthy; another start time means another process.</summary>
    public string StartedAt { get; set; } = "";

    /// <summary>Address by which the proxy reaches the container; null while it does not run.</summary>
    public ContainerAddress? Address { get; set; }

    /// <summary><c>healthy</c>, <c>unhealthy</c> or <c>unknown</c>.</summary>
    public string Health
    {
        get;
        set => (field, HealthReason) = (value, null);
    } = "unknown";

    /// <summary>Why the container is not healthy; null if there is nothing to say.</summary>
    public string? HealthReason { get; private set; }

    /// <summary>
    /// The engine's last result of the container's own <c>HEALTHCHECK</c>: starting, healthy, unhealthy or
    /// <see cref="NoHealthcheck"/>; null before the first query.
    /// </summary>
    public string? Healthcheck { get; set; }

    /// <summary>The drain in progress while the state is <see cref="DeploymentState.Draining"/>; else null.</summary>
    public DrainHandle? Drain { get; set; }

    /// <summary>Whether the container should be running.</summary>
    public bool IsUp => State is DeploymentState.Ready or DeploymentState.Current or DeploymentState.Draining;

    /// <summary>Held while the container is started or stopped; taken before the slot guard, never after it.</summary>
    public SemaphoreSlim Handling { get; } = new(1, 1);

    /// <summary>The first 8 digits of the container id, as scripts see them.</summary>
    public string ShortContainerId => ContainerId.Length > 8 ? ContainerId[..8] : ContainerId;

    /// <summary>Whether a hash, MD5 or SHA-256, names the launch config.</summary>
    public bool IsOf(LaunchConfigReference reference) =>
        reference.Value == Hash
        || reference.Value == Alias
        || (Alias.Length == 0 && reference.IsAlias && Config.Length > 0 && reference.Matches(Config));

    /// <summary>What the local record keeps of its container.</summary>
    /// <param name="at">When its launch ended, or it stopped being current.</param>
    public ContainerRecord ToRecord(DateTimeOffset at) => new(ContainerId, Hash, Revision, at)
    {
        Config = Config.Length <= ContainerRecord.MaxConfigBytes ? Config : [],
    };

    /// <summary>Sets the health to unhealthy, with the reason.</summary>
    public void SetUnhealthy(string reason) => (Health, HealthReason) = ("unhealthy", reason);

    /// <summary>
    /// Moves the deployment to another state; the only place that does.
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
    public void MoveTo(DeploymentState next, string failureReason = "")
    {
        if (!IsLegal(State, next))
        {
            throw new UnreachableException($"a deployment cannot move from {State} to {next}");
        }

        var from = State;
        State = next;
        FailureReason = failureReason;
        _faults.Hit($"{from}-{next}");
    }

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
}
