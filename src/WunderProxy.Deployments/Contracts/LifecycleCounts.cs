namespace WunderProxy.Deployments.Contracts;

/// <summary>Counters of the control plane since the process started, for metrics; read without I/O.</summary>
public sealed record LifecycleCounts
{
    /// <summary>Requests to the Docker engine by operation and result, until the head of the answer.</summary>
    public IReadOnlyList<DurationCounts> EngineCalls { get; init; } = [];

    /// <summary>Calls to the object store by operation and result.</summary>
    public IReadOnlyList<DurationCounts> StoreCalls { get; init; } = [];

    /// <summary>Launches by phase, <c>total</c> for all phases together, and result: <c>ok</c> or <c>failed</c>.</summary>
    public IReadOnlyList<DurationCounts> Launches { get; init; } = [];

    /// <summary>Drains by how they ended, as <see cref="DrainOutcome"/> names it.</summary>
    public IReadOnlyList<DurationCounts> Drains { get; init; } = [];

    /// <summary>Health checks by revision and reason; <c>ok</c> if the container is healthy.</summary>
    public IReadOnlyList<DurationCounts> Probes { get; init; } = [];

    /// <summary>
    /// Switches by type (<c>switch</c>, <c>deploy</c>, <c>rollback</c>, <c>start</c>, <c>guard</c>) and result
    /// (<c>switched</c>, <c>unchanged</c>, <c>failed</c>).
    /// </summary>
    public IReadOnlyList<EventCount> Switches { get; init; } = [];

    /// <summary>Switches that a guard undid, by reason: <c>died</c>, <c>errors</c> or <c>slow</c>.</summary>
    public IReadOnlyList<EventCount> GuardRollbacks { get; init; } = [];

    /// <summary>
    /// Exchanges that drains cut off, by class: <c>exchange</c>, <c>event_stream</c>, <c>long_response</c> or <c>upgraded</c>.
    /// </summary>
    public IReadOnlyList<EventCount> CutOff { get; init; } = [];

    /// <summary>Events and changes of the history that wait on this machine until the store has them.</summary>
    public int PendingWrites { get; init; }

    /// <summary>Bytes of the images of all deployments in care, each counted once; null until they are known.</summary>
    public long? ImagesBytes { get; init; }
}
