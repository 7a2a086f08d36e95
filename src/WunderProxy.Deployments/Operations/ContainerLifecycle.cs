using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Launching;
using WunderProxy.Deployments.Machines;
using WunderProxy.Deployments.Retirement;
using WunderProxy.Deployments.Statistics;
using WunderProxy.Deployments.Storage;
using WunderProxy.Deployments.Switching;
using WunderProxy.Deployments.Watching;

namespace WunderProxy.Deployments.Operations;

/// <summary>
/// Launches, switches, deploys, rolls back and retires the containers of one application. Changing calls run one at a
/// time and go on when their caller leaves; a second call of the same kind and reference joins the first.
/// </summary>
public sealed class ContainerLifecycle : IContainerLifecycle, IAsyncDisposable
{
    private readonly Application _application;
    private readonly HealthProbe _probes;
    private readonly DeploymentOperations _operations;
    private readonly HistoryRecorder _history;
    private readonly ContainerRetirer _retirer;
    private readonly SwitchGuard _guard;
    private readonly LifecycleReader _reader;
    private readonly DrainEnder _drains;
    private readonly StoreTender _tender;
    private readonly ContainerWatcher _watcher;

    /// <summary>The machine, when no other application shares it; else null, and the machine is the caller's.</summary>
    private readonly Machine? _ownMachine;
    private readonly CancellationTokenSource _lifetime = new();
    private readonly List<Task> _loops = [];
    private IAsyncDisposable? _listening;
    private volatile bool _isStarting = true;
    private int _disposals;

    /// <summary>Creates the control plane; nothing is contacted before <see cref="StartAsync"/>.</summary>
    /// <param name="options">Names, limits and times.</param>
    /// <param name="engine">Address of the Docker engine.</param>
    /// <param name="store">The store of launch configs, history and events; not disposed of here.</param>
    /// <param name="state">The local records, with their lock held; not disposed of here.</param>
    /// <param name="traffic">The port to the data plane.</param>
    /// <param name="clock">Clock of all times and timers.</param>
    /// <param name="logger">Receives messages for operators.</param>
    /// <param name="meter">Statistics of the data plane; without them a guard notices only that containers die.</param>
    public ContainerLifecycle(
        LifecycleOptions options,
        DockerEndpoint engine,
        IObjectStore store,
        LocalState state,
        ITrafficSwitch traffic,
        TimeProvider clock,
        ILogger<ContainerLifecycle> logger,
        ITrafficMeter? meter = null)
        : this(
            options,
            new DockerEngineClient(engine, clock),
            store,
            state,
            traffic,
            clock,
            logger,
            FaultPoints.FromEnvironment(Environment.GetEnvironmentVariable),
            meter)
    {
    }

    /// <summary>Creates one on a machine of its own.</summary>
    internal ContainerLifecycle(
        LifecycleOptions options,
        DockerEngineClient engine,
        IObjectStore store,
        LocalState state,
        ITrafficSwitch traffic,
        TimeProvider clock,
        ILogger logger,
        FaultPoints faults,
        ITrafficMeter? meter)
        : this(options, new Machine(engine, clock, logger), store, state, traffic, clock, logger, faults, meter) =>
        _ownMachine = _application.Machine;

    /// <summary>Creates one on a machine that stays the caller's.</summary>
    internal ContainerLifecycle(
        LifecycleOptions options,
        Machine machine,
        IObjectStore store,
        LocalState state,
        ITrafficSwitch traffic,
        TimeProvider clock,
        ILogger logger,
        FaultPoints faults,
        ITrafficMeter? meter)
    {
        var application = new Application(options, machine, store, state, traffic, clock, logger, faults) { Meter = meter };
        var engine = machine.Engine;
        _application = application;
        _probes = new HealthProbe(options.HealthTimeout, options.Version, clock, application.Statistics.Probes);
        var images = new ImageProvider(
            engine.Images,
            application.Images,
            options,
            RegistryCredentials.FromEnvironment(Environment.GetEnvironmentVariable, clock),
            bucket => ObjectStores.Open(bucket, clock),
            clock);
        var orphans = new OrphanRemover(engine, application.Ownership, logger);
        var stopper = new ContainerStopper(engine, options.StopTimeout);
        _retirer = new ContainerRetirer(application, orphans, stopper, new ImageClaims(state.FullPath));
        var checker = new ContainerChecker(machine, _probes, options, clock);
        var starter = new ContainerStarter(machine);
        var kept = new KeptContainerStarter(engine, application.Table, starter, checker, _retirer, faults);
        var launcher = new ContainerLauncher(application, images, checker, kept, starter, orphans);
        var switcher = new TrafficSwitcher(application, _retirer);
        _history = new HistoryRecorder(application);
        _guard = new SwitchGuard(application, checker, _probes, switcher, _history, meter);
        _reader = new LifecycleReader(application, _guard);
        _drains = new DrainEnder(application);
        var configs = new ConfigSource(application.Configs, application.Record, application.Table, application.Store, clock);
        _operations = new DeploymentOperations(application, configs, launcher, checker, _retirer, switcher, _guard, _history);
        var foreign = new ForeignContainers(application.Table, application.Ownership, application.Images, logger);
        var adopter = new ContainerAdopter(application, orphans, _retirer, foreign);
        var startup = new StartupSequence(
            application, adopter, new OldToolAdopter(application, foreign), launcher, checker, _retirer, switcher);
        _tender = new StoreTender(application, startup, _history);
        var rescuer = new CurrentRescuer(application, launcher, checker, switcher);
        _watcher = new ContainerWatcher(application, _probes, adopter, rescuer, switcher, _retirer, orphans);
    }

    /// <inheritdoc/>
    public IReadOnlyList<ContainerView> Containers => _application.Table.ToViews();

    /// <inheritdoc/>
    public IReadOnlyList<Incident> Incidents => _application.Incidents.ToList();

    /// <inheritdoc/>
    public LifecycleCounts Counts => _reader.ReadCounts();

    /// <summary>
    /// Brings back what was in service (from the local record, else the store's current launch config) and begins to
    /// watch. Returns when the first attempt is over; faults of engine and store are retried in the background.
    /// </summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _application.Faults.Enter("start");
        bool isDone;
        try
        {
            isDone = await _tender.TryAsync(cancellationToken);
        }
        finally
        {
            _application.Gate.OpenUnstarted();
            _isStarting = false;
        }

        _loops.Add(Task.Run(() => _tender.RunAsync(isDone, _lifetime.Token), CancellationToken.None));
        _loops.Add(Task.Run(() => _watcher.WatchAsync(_lifetime.Token), CancellationToken.None));
        _listening = _application.Machine.Listen(_watcher);
    }

    /// <inheritdoc/>
    public Task<LaunchResult> LaunchAsync(
        string reference, string by, IProgress<DeploymentProgress>? progress, CancellationToken cancellationToken)
    {
        var hash = Parse(reference);
        return RunAsync(
            OperationKind.Launch,
            hash.Value,
            by,
            progress,
            (operation, token) => _operations.LaunchAsync(hash, by, operation, token),
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<SwitchResult> SwitchAsync(string reference, SwitchOptions options, CancellationToken cancellationToken)
    {
        var hash = Parse(reference);
        return RunAsync(
            OperationKind.Switch,
            hash.Value,
            options.By,
            null,
            (operation, token) => _operations.SwitchAsync(hash, options, operation, token),
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<DeployResult> DeployAsync(
        DeployRequest request, IProgress<DeploymentProgress>? progress, CancellationToken cancellationToken)
    {
        var hash = request.Config is { } bytes ? LaunchConfigHash.Of(bytes.Span).Value : Parse(request.Reference ?? "").Value;
        return RunAsync(
            OperationKind.Deploy,
            hash,
            request.By,
            progress,
            (operation, token) => _operations.DeployAsync(request, operation, token),
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<DeployResult> RollbackAsync(
        RollbackRequest request, IProgress<DeploymentProgress>? progress, CancellationToken cancellationToken) => RunAsync(
            OperationKind.Rollback,
            request.Target.Trim(),
            request.By,
            progress,
            (operation, token) => _operations.RollbackAsync(request, operation, token),
            cancellationToken);

    /// <summary>
    /// Stops and removes containers that were launched and never switched to. Containers that serve or drain are left
    /// alone; they are retired after a switch to another one.
    /// </summary>
    /// <param name="reference">Hash of the launch config, MD5 or SHA-256.</param>
    /// <param name="by">Name of the deployer, for the log.</param>
    /// <param name="cancellationToken">Cancels the wait, not the work.</param>
    /// <returns>Number of containers retired.</returns>
    /// <exception cref="DeploymentException">
    /// The hash is invalid, or another operation is in progress. If the engine does not answer, the containers are
    /// removed later.
    /// </exception>
    public Task<int> RetireAsync(string reference, string by, CancellationToken cancellationToken)
    {
        var hash = Parse(reference);
        return RunAsync(OperationKind.Retire, hash.Value, by, null, (_, _) => _operations.RetireAsync(hash), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<HistoryEntryView>> GetHistoryAsync(CancellationToken cancellationToken) =>
        _reader.GetHistoryAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<EventView>> GetEventsAsync(CancellationToken cancellationToken) =>
        _reader.GetEventsAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<ReadOnlyMemory<byte>> GetConfigAsync(string reference, CancellationToken cancellationToken) =>
        _reader.GetConfigAsync(Parse(reference), cancellationToken);

    /// <inheritdoc/>
    public Task<DrainEndResult> EndDrainAsync(string reference, string by, CancellationToken cancellationToken) =>
        _drains.EndAsync(Parse(reference), by, cancellationToken);

    /// <inheritdoc/>
    public void ListenTo(ILifecycleListener listener)
    {
        _application.Events.Listener = listener;
        _application.Gate.Listener = listener;
    }

    /// <inheritdoc/>
    public Task RecordEventAsync(string type, string by, string reason, CancellationToken cancellationToken)
    {
        var current = _application.Table.Current;
        _application.Incidents.Note(new Incident(_application.Clock.GetUtcNow(), type, current?.Revision ?? "") { By = by });
        return _application.Events.RecordAsync(_application.Events.Create(type, by) with
        {
            Revision = current?.Revision ?? "",
            Hash = current?.Hash.Value ?? "",
            Reason = reason,
        });
    }

    /// <inheritdoc/>
    public LaunchExplanation? ExplainLaunch() => _reader.ExplainLaunch();

    /// <inheritdoc/>
    public SwitchExplanation? ExplainSwitch() => _reader.ExplainSwitch();

    /// <inheritdoc/>
    public Task<ContainerReport> AskCurrentAsync(CancellationToken cancellationToken) =>
        new CurrentInquiry(_application).AskAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<DiffView> DiffAsync(string from, string to, bool showsTexts, CancellationToken cancellationToken) =>
        _reader.DiffAsync(from, to, showsTexts, cancellationToken);

    /// <inheritdoc/>
    public LifecycleSnapshot Snapshot() => _reader.Snapshot() with { Starting = _isStarting };

    /// <summary>Stops watching; the containers are left as they are.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposals, 1) != 0)
        {
            return;
        }

        await _lifetime.CancelAsync();
        await _application.Gate.StopAsync();
        if (_listening is { } listening)
        {
            await listening.DisposeAsync();
        }

        await Task.WhenAll(_loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // The retirer ends before the guard, whose end releases the containers that it held back from retirement.
        await _retirer.DisposeAsync();
        await _guard.DisposeAsync();
        if (_ownMachine is { } machine)
        {
            await machine.DisposeAsync();
        }

        await _application.Events.DisposeAsync();
        _watcher.Dispose();
        _history.Dispose();
        _lifetime.Dispose();
        _probes.Dispose();
        _application.Dispose();
    }

    private static LaunchConfigReference Parse(string reference) =>
        LaunchConfigReference.TryParse(reference, out var parsed)
            ? parsed
            : throw new DeploymentException(
                DeploymentError.BadHash, "a launch config hash is expected: 32 or 64 hexadecimal digits");

    private Task<T> RunAsync<T>(
        OperationKind operationKind,
        string reference,
        string by,
        IProgress<DeploymentProgress>? progress,
        Func<Operation, CancellationToken, Task<T>> body,
        CancellationToken cancellationToken)
    {
        var kind = operationKind.ToWire();
        return _application.Gate.RunAsync(operationKind, reference, progress, GuardedAsync, cancellationToken);

        async Task<T> GuardedAsync(Operation operation, CancellationToken token)
        {
            DeploymentLog.OperationBegins(_application.Log, kind, reference, by);
            T result;
            try
            {
                result = await body(operation, token);
            }
            catch (Exception exception) when (DeploymentFaults.IsKnown(exception))
            {
                var fault = DeploymentFaults.Of(exception);
                CountSwitch(operationKind, LifecycleStatistics.Failed);
                NoteLaunch(operation, by, exception, fault);
                await NoteFailureAsync(operation, by, fault);
                throw fault;
            }

            CountSwitch(
                operationKind, result is SwitchResult { Changed: false } ? LifecycleStatistics.Unchanged : LifecycleStatistics.Switched);
            _application.AfterSwitch.Try(
                "noting who switched", () => _application.LastSwitch.NoteOperation(operation.Since, kind, by, operation.Steps));

            // What was done stays done, even if logging it fails.
            _application.AfterSwitch.Try(
                "logging an operation",
                () => DeploymentLog.OperationDone(_application.Log, kind, reference, by, result?.ToString() ?? ""));
            return result;
        }
    }

    /// <summary>Counts an operation that was to switch traffic.</summary>
    private void CountSwitch(OperationKind kind, string result)
    {
        if (kind is OperationKind.Switch or OperationKind.Deploy or OperationKind.Rollback)
        {
            _application.Statistics.Switches.Count(kind.ToWire(), result);
        }
    }

    /// <summary>Keeps an operation that was to launch something and failed, so that it can be explained.</summary>
    private void NoteLaunch(Operation operation, string by, Exception thrown, DeploymentException fault)
    {
        var isLaunch = operation.Kind is OperationKind.Launch or OperationKind.Deploy or OperationKind.Rollback
            && fault.Error is not (DeploymentError.BadHash or DeploymentError.HistoryEmpty or DeploymentError.LeaseHeld);
        if (!isLaunch)
        {
            return;
        }

        _application.FailedLaunch.NoteOperation(thrown, new FailedLaunch
        {
            At = _application.Clock.GetUtcNow(),
            Kind = operation.Kind.ToWire(),
            By = by,
            Hash = LaunchConfigReference.TryParse(operation.Reference, out var hash) ? hash.Value : "",
            Code = fault.Code,
            Message = SecretMask.Empty.Apply(fault.Message),
            Seconds = operation.Steps.Seconds,
            Steps = operation.Steps.ToList(),
            Details = fault.Details,
        });
    }

    private async Task NoteFailureAsync(Operation operation, string by, DeploymentException fault)
    {
        var (kind, reference) = (operation.Kind.ToWire(), operation.Reference);
        DeploymentLog.OperationFailed(_application.Log, kind, reference, by, fault.Code, fault.Message);
        if (fault.Error is DeploymentError.StoreUnavailable or DeploymentError.StoreDenied)
        {
            _application.Store.Failed(fault);
        }

        await _application.Events.RecordAsync(_application.Events.Create(EventType.Failure, by) with
        {
            Revision = operation.Config?.Revision ?? "",
            Hash = operation.Config?.Hash.Value ?? (LaunchConfigReference.TryParse(reference, out _) ? reference : ""),
            Seconds = operation.Steps.Seconds,
            Result = fault.Code,
            Reason = $"{kind}: {fault.Message}",
        });
    }
}
