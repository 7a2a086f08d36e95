namespace WunderProxy.Deployments.Contracts;

/// <summary>The control plane as the manager API calls it; <c>ContainerLifecycle</c> describes each call.</summary>
public interface IContainerLifecycle
{
    /// <summary>The containers of this application as last seen; read without I/O.</summary>
    IReadOnlyList<ContainerView> Containers { get; }

    /// <summary>Counters since the process started, for metrics; read without I/O.</summary>
    LifecycleCounts Counts { get; }

    /// <summary>Returns the known state, without I/O.</summary>
    LifecycleSnapshot Snapshot();

    /// <summary>
    /// Starts a container of a stored launch config and waits until it is healthy; it gets no traffic yet.
    /// </summary>
    /// <exception cref="DeploymentException">
    /// The launch failed, and no container runs that did not run before.
    /// </exception>
    Task<LaunchResult> LaunchAsync(
        string reference, string by, IProgress<DeploymentProgress>? progress, CancellationToken cancellationToken);

    /// <summary>Sends traffic to a launched container after one more probe; never starts a container.</summary>
    /// <exception cref="DeploymentException">The switch failed, and traffic goes where it went before.</exception>
    Task<SwitchResult> SwitchAsync(string reference, SwitchOptions options, CancellationToken cancellationToken);

    /// <summary>Stores, launches, switches to and records a launch config, as one operation.</summary>
    /// <exception cref="DeploymentException">The deploy failed, and traffic goes where it went before.</exception>
    Task<DeployResult> DeployAsync(
        DeployRequest request, IProgress<DeploymentProgress>? progress, CancellationToken cancellationToken);

    /// <summary>Makes an earlier history entry current again.</summary>
    /// <exception cref="DeploymentException">The rollback failed, and traffic goes where it went before.</exception>
    Task<DeployResult> RollbackAsync(
        RollbackRequest request, IProgress<DeploymentProgress>? progress, CancellationToken cancellationToken);

    /// <summary>Returns the history, oldest first, with the entry that this machine serves marked.</summary>
    /// <exception cref="DeploymentException">The store cannot be reached or refuses.</exception>
    Task<IReadOnlyList<HistoryEntryView>> GetHistoryAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Returns the newest events of all machines, oldest first, names and reasons included. If the store does not answer,
    /// those that were read before.
    /// </summary>
    Task<IReadOnlyList<EventView>> GetEventsAsync(CancellationToken cancellationToken);

    /// <summary>Returns the exact bytes of a stored launch config; the caller masks secrets.</summary>
    /// <exception cref="DeploymentException">
    /// The hash is invalid or unknown, or the store cannot be reached.
    /// </exception>
    Task<ReadOnlyMemory<byte>> GetConfigAsync(string reference, CancellationToken cancellationToken);

    /// <summary>Returns the last failed launch with its likely cause, without I/O; null if none is known.</summary>
    LaunchExplanation? ExplainLaunch();

    /// <summary>Returns the last switch with what was measured around it, without I/O; null if none is known.</summary>
    SwitchExplanation? ExplainSwitch();

    /// <summary>
    /// Ends at once what is still in flight on the earlier upstreams of a launch config, as at the deadlines of their
    /// drains, and records the event. Needs no turn among the changing operations.
    /// </summary>
    /// <exception cref="DeploymentException">The hash is invalid, or nothing of that hash drains.</exception>
    Task<DrainEndResult> EndDrainAsync(string reference, string by, CancellationToken cancellationToken);

    /// <summary>Makes the only listener hear of events and progress from now on.</summary>
    void ListenTo(ILifecycleListener listener);

    /// <summary>Compares two launch configs, and what this and other machines measured of them.</summary>
    /// <param name="from">A hash, a revision, or <c>~N</c> for a place in the history, the last entry being <c>~0</c>.</param>
    /// <param name="to">The same for the launch config after.</param>
    /// <param name="showsTexts">Whether texts are shown, with secrets masked.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="DeploymentException">One of them does not exist, or the store cannot be reached.</exception>
    Task<DiffView> DiffAsync(string from, string to, bool showsTexts, CancellationToken cancellationToken);

    /// <summary>What happened lately to the container in service, oldest first; read without I/O.</summary>
    IReadOnlyList<Incident> Incidents { get; }

    /// <summary>Asks the engine, for a few seconds at most, about the container in service and its last log lines.</summary>
    Task<ContainerReport> AskCurrentAsync(CancellationToken cancellationToken);

    /// <summary>Records an event of the host; never fails.</summary>
    Task RecordEventAsync(string type, string by, string reason, CancellationToken cancellationToken);
}
