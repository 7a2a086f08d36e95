namespace WunderProxy.Deployments.Contracts;

/// <summary>What is known without asking the engine or the store: the facts behind <c>/status</c>.</summary>
public sealed record LifecycleSnapshot
{
    /// <summary>Where traffic goes; null before the first switch and while the container is dead.</summary>
    public TrafficTarget? Current { get; init; }

    /// <summary>The record of what should be in service, also while its container is dead; null before the first switch.</summary>
    public TrafficTarget? Intended { get; init; }

    /// <summary>When the current one was switched to.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary><c>healthy</c>, <c>unhealthy</c> or <c>unknown</c>.</summary>
    public string Health { get; init; } = "unknown";

    /// <summary>Why it is not healthy; null when that needs no word.</summary>
    public string? HealthReason { get; init; }

    /// <summary>Whether the first start-up steps are still under way.</summary>
    public bool Starting { get; init; }

    /// <summary><c>Ok</c> or the fault of the Docker engine.</summary>
    public string DockerState { get; init; } = "Ok";

    /// <summary><c>Ok</c> or the fault of the object store.</summary>
    public string StoreState { get; init; } = "Ok";

    /// <summary>Whether engine and store are called freely, and when they are tried again; null without containers.</summary>
    public CircuitsView? Circuits { get; init; }

    /// <summary>The latest watch of a guarded switch; null for none.</summary>
    public GuardView? Guard { get; init; }

    /// <summary>The changing operation under way; null for none.</summary>
    public OperationView? Operation { get; init; }

    /// <summary>Earlier upstreams that still have something in flight.</summary>
    public IReadOnlyList<DrainView> Draining { get; init; } = [];

    /// <summary>What an operator should know.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The same without what others said, for callers that may change nothing.</summary>
    public IReadOnlyList<string> PublicWarnings { get; init; } = [];

    /// <summary>
    /// What a caller without the rights of a changing call may know: states, codes, counts, times and revisions, but nothing
    /// that engine, store, a config or the application said.
    /// </summary>
    public LifecycleSnapshot ForAnybody() => this with
    {
        Warnings = PublicWarnings,
        Operation = Operation?.ForAnybody(),
    };
}
