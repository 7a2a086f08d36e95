namespace WunderProxy.Deployments.Contracts;

/// <summary>A switch of traffic from one revision to another, with what was measured around it.</summary>
public sealed record SwitchRecord
{
    /// <summary>Time at which traffic was switched, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>
    /// The operation that switched: <c>switch</c>, <c>deploy</c>, <c>rollback</c>, <c>start</c>, or
    /// <c>guard_rollback</c>.
    /// </summary>
    public string Kind { get; init; } = "";

    /// <summary>Who asked for the switch; empty for one that happened by itself.</summary>
    public string By { get; init; } = "";

    /// <summary>SHA-256 hash of the launch config that traffic was switched to.</summary>
    public required string Hash { get; init; }

    /// <summary>Revision that traffic was switched to.</summary>
    public required string Revision { get; init; }

    /// <summary>SHA-256 hash of the launch config before; empty if there was none.</summary>
    public string FromHash { get; init; } = "";

    /// <summary>Revision before; empty if there was none.</summary>
    public string FromRevision { get; init; } = "";

    /// <summary>Duration of the operation in seconds; 0 if it was not measured.</summary>
    public double Seconds { get; init; }

    /// <summary>The steps of the operation, in order.</summary>
    public IReadOnlyList<StepTime> Steps { get; init; } = [];

    /// <summary>What the revision before answered until the switch; null if it was not measured.</summary>
    public TrafficSummary? Before { get; init; }

    /// <summary>What the new revision has answered since; null if it was not measured.</summary>
    public TrafficSummary? After { get; init; }

    /// <summary>The drain of the revision before; null if there was none.</summary>
    public DrainOutcome? Drain { get; init; }

    /// <summary>The guard's watch of this switch; null if it was not watched.</summary>
    public GuardView? Guard { get; init; }

    /// <summary>Returns what callers without rights may see: the caller's name and the guard's words are left out.</summary>
    public SwitchRecord ForAnybody() => this with { By = "", Guard = Guard?.ForAnybody() };
}
