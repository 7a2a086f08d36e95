namespace WunderProxy.Deployments.Lifecycle;

/// <summary>
/// Launch, switch, deploy, roll back and retire the containers of one application. Changing calls run one at a time,
/// go on when their caller leaves, and a second call of the same kind and reference joins the first.
/// </summary>
public sealed class ContainerLifecycle : IContainerLifecycle, IAsyncDisposable
{
    private readonly LifecycleOptions _options;
    private readonly ITrafficSwitch _traffic;

    /// <summary>Creates one; nothing is contacted before <see cref="StartAsync"/>.</summary>
    public ContainerLifecycle(LifecycleOptions options, ITrafficSwitch traffic)
    {
        _options = options;
        _traffic = traffic;
    }

    /// <summary>The containers of this application, as last seen; no I/O.</summary>
    public IReadOnlyList<ContainerView> Containers { get; private set; } = [];

    /// <summary>
    /// Brings back what was in service (local record, else the store's current launch config) and begins to watch.
    /// Returns when the first attempt is over; faults of engine and store are retried in the background.
    /// </summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Containers = [];
        return Task.CompletedTask;
    }

    /// <summary>Starts a container of a stored launch config and waits until it is healthy; no traffic yet.</summary>
    /// <exception cref="DeploymentException">Nothing runs that did not run before.</exception>
    public Task<LaunchResult> LaunchAsync(
        string reference, string by, IProgress<DeploymentProgress>? progress, CancellationToken cancellationToken) =>
        throw new DeploymentException(DeploymentError.EngineUnavailable, $"{_options.App} is not started");

    /// <summary>Sends traffic to a launched container after one more probe; never starts one.</summary>
    /// <exception cref="DeploymentException">Traffic goes where it went.</exception>
    public Task<SwitchResult> SwitchAsync(string reference, SwitchOptions options, CancellationToken cancellationToken) =>
        throw new DeploymentException(DeploymentError.EngineUnavailable, $"{_options.App} is not started");

    /// <summary>Stores, launches, switches and records, as one act.</summary>
    /// <exception cref="DeploymentException">Traffic goes where it went.</exception>
    public Task<DeployResult> DeployAsync(
        DeployRequest request, IProgress<DeploymentProgress>? progress, CancellationToken cancellationToken) =>
        throw new DeploymentException(DeploymentError.EngineUnavailable, $"{_options.App} is not started");

    /// <summary>Makes an earlier history entry current again.</summary>
    /// <exception cref="DeploymentException">Traffic goes where it went.</exception>
    public Task<DeployResult> RollbackAsync(
        RollbackRequest request, IProgress<DeploymentProgress>? progress, CancellationToken cancellationToken) =>
        throw new DeploymentException(DeploymentError.EngineUnavailable, $"{_options.App} is not started");

    /// <summary>The history, oldest first, with a mark on what this machine serves.</summary>
    /// <exception cref="DeploymentException">The store is away or refuses.</exception>
    public Task<IReadOnlyList<HistoryEntryView>> GetHistoryAsync(CancellationToken cancellationToken) =>
        throw new DeploymentException(DeploymentError.StoreUnavailable, $"{_options.App} is not started");

    /// <summary>The exact bytes of a stored launch config; the caller masks what is secret.</summary>
    /// <exception cref="DeploymentException">Bad hash, unknown, or the store is away.</exception>
    public Task<ReadOnlyMemory<byte>> GetConfigAsync(string reference, CancellationToken cancellationToken) =>
        throw new DeploymentException(DeploymentError.StoreUnavailable, $"{_options.App} is not started");

    /// <summary>Records an event of the host's own (<c>pause</c>, <c>resume</c>, <c>drain</c>, <c>start</c>, <c>stop</c>, …).
    /// Never fails; kept locally while the store is away.</summary>
    public Task RecordEventAsync(string type, string by, string reason, CancellationToken cancellationToken) =>
        _traffic.Current is null ? Task.CompletedTask : Task.FromResult(_options);

    /// <summary>What is known now; no I/O.</summary>
    public LifecycleSnapshot Snapshot() => new() { Current = _traffic.Current };

    /// <summary>Stops watching. Containers are left as they are.</summary>
    public ValueTask DisposeAsync() => new(StartAsync(CancellationToken.None));
}
