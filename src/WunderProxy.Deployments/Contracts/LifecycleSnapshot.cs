namespace WunderProxy.Deployments.Contracts;

/// <summary>The state of the control plane as known without asking engine or store, for <c>/status</c>.</summary>
public sealed record LifecycleSnapshot
{
    /// <summary>The target of traffic; null before the first switch and while its container is dead.</summary>
    public TrafficTarget? Current { get; init; }

    /// <summary>
    /// The target that should be in service, also while its container is dead; null before the first switch.
    /// </summary>
    public TrafficTarget? Intended { get; init; }

    /// <summary>When traffic was switched to the current target.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary><c>healthy</c>, <c>unhealthy</c> or <c>unknown</c>, for the current target.</summary>
    public string Health { get; init; } = "unknown";

    /// <summary>Why the current target is not healthy; null if there is nothing to say.</summary>
    public string? HealthReason { get; init; }

    /// <summary>Whether the first steps of the start are still in progress.</summary>
    public bool Starting { get; init; }

    /// <summary><c>Ok</c>, or the fault of the Docker engine.</summary>
    public string DockerState { get; init; } = "Ok";

    /// <summary><c>Ok</c>, or the fault of the object store.</summary>
    public string StoreState { get; init; } = "Ok";

    /// <summary>The circuits of engine and store; null without containers.</summary>
    public CircuitsView? Circuits { get; init; }

    /// <summary>The latest watch of a guarded switch; null if there was none.</summary>
    public GuardView? Guard { get; init; }

    /// <summary>The changing operation in progress; null if there is none.</summary>
    public OperationView? Operation { get; init; }

    /// <summary>Earlier upstreams that still have exchanges or tunnels in flight.</summary>
    public IReadOnlyList<DrainView> Draining { get; init; } = [];

    /// <summary>All deployments in care, for metrics.</summary>
    public IReadOnlyList<ReleaseView> Releases { get; init; } = [];

    /// <summary>Warnings that an operator should see.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The warnings without words of engine, store or application, for callers without rights.</summary>
    public IReadOnlyList<string> PublicWarnings { get; init; } = [];

    /// <summary>
    /// Returns what callers without rights may see: states, codes, counts, times and revisions, but nothing that
    /// engine, store, launch config or application said.
    /// </summary>
    public LifecycleSnapshot ForAnybody() => this with
    {
        Warnings = PublicWarnings,
        Guard = Guard?.ForAnybody(),
        Operation = Operation?.ForAnybody(),
    };
}
