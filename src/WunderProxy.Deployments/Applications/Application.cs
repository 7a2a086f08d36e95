using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Explanations;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Machines;
using WunderProxy.Deployments.Records;
using WunderProxy.Deployments.Statistics;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Applications;

/// <summary>
/// One service on a machine: its options, the launch configs and the history in its store, its record on this machine,
/// its deployments, and the two locks that order changes.
/// </summary>
internal sealed class Application : IDisposable
{
    /// <summary>Creates an application without contacting engine or store.</summary>
    /// <param name="options">Names, limits and times.</param>
    /// <param name="machine">The machine that runs its containers; not disposed of here.</param>
    /// <param name="store">The store of launch configs, history and events; not disposed of here.</param>
    /// <param name="state">The local records, with their lock held; not disposed of here.</param>
    /// <param name="traffic">The port to the data plane.</param>
    /// <param name="clock">Clock of all times and timers.</param>
    /// <param name="log">Receives messages for operators.</param>
    /// <param name="faults">Named points for fault tests.</param>
    public Application(
        LifecycleOptions options,
        Machine machine,
        IObjectStore store,
        LocalState state,
        ITrafficSwitch traffic,
        TimeProvider clock,
        ILogger log,
        FaultPoints faults)
    {
        Options = options;
        Machine = machine;
        Traffic = traffic;
        Clock = clock;
        Log = log;
        Faults = faults;
        Statistics = new LifecycleStatistics(clock);
        store = new MeasuredObjectStore(
            store, clock, call => Statistics.StoreCalls.Count(call.Operation, call.Result, call.Elapsed));
        Notices = new NoticeBoard(log);
        Store = new StoreCondition(new Circuit(clock, reached => DeploymentLog.StoreStateChanged(log, reached)), Notices);
        Configs = new LaunchConfigRepository(store, options.Prefix, clock);
        History = new HistoryRepository(store, options.Prefix, clock, Configs);
        StoredEvents = new EventReader(store, options.Prefix);
        Events = new EventRecorder(new EventLog(store, options.Prefix, state), Store, clock, log, faults);
        Record = new RecordKeeper(state, faults);
        Incidents = new IncidentBook(clock);
        FailedLaunch = new FailedLaunchKeeper(state);
        LastSwitch = new SwitchKeeper(state);
        Measurements = new MeasurementKeeper(state);
        Ownership = new ContainerOwnership(
            new ContainerIdentity(options.App, options.PrefixLabel), () => Record.Current, machine.Engine.Images);
        Images = new ImageNames(options.App, options.RegistryPort);
        ImageSizes = new ImageSizes(machine.Engine.Images);
        Gate = new OperationGate(clock, faults, options.LaunchTimeout);
        AfterSwitch = new AfterSwitch(Notices, log);
        state.ListenToWarnings(warning => Notices.Warn($"state {warning}", "the state directory needs attention", warning));
    }

    /// <summary>The application's names, limits and times.</summary>
    public LifecycleOptions Options { get; }

    /// <summary>The machine that runs the application's containers.</summary>
    public Machine Machine { get; }

    /// <summary>The slot of the data plane through which the application's traffic goes.</summary>
    public ITrafficSwitch Traffic { get; }

    /// <summary>The clock of all times and timers.</summary>
    public TimeProvider Clock { get; }

    /// <summary>The log, with messages for operators.</summary>
    public ILogger Log { get; }

    /// <summary>Named points for fault tests.</summary>
    public FaultPoints Faults { get; }

    /// <summary>Warnings that concern this application alone.</summary>
    public NoticeBoard Notices { get; }

    /// <summary>Tracks whether the application's store answers.</summary>
    public StoreCondition Store { get; }

    /// <summary>The application's launch configs in the store.</summary>
    public LaunchConfigRepository Configs { get; }

    /// <summary>The deployment history in the store.</summary>
    public HistoryRepository History { get; }

    /// <summary>Records the application's events.</summary>
    public EventRecorder Events { get; }

    /// <summary>The newest events in the store, of all machines.</summary>
    public EventReader StoredEvents { get; }

    /// <summary>The record, on disk, of what this machine has in service and in care.</summary>
    public RecordKeeper Record { get; }

    /// <summary>What happened lately to the container in service.</summary>
    public IncidentBook Incidents { get; }

    /// <summary>The evidence of the last failed launch.</summary>
    public FailedLaunchKeeper FailedLaunch { get; }

    /// <summary>The last switch, with what was measured around it.</summary>
    public SwitchKeeper LastSwitch { get; }

    /// <summary>What was measured of the last few launch configs.</summary>
    public MeasurementKeeper Measurements { get; }

    /// <summary>Reads the data plane's statistics; null without them.</summary>
    public ITrafficMeter? Meter { get; init; }

    /// <summary>The table of the deployments in care.</summary>
    public DeploymentTable Table { get; } = new();

    /// <summary>Distinguishes the application's containers from others.</summary>
    public ContainerOwnership Ownership { get; }

    /// <summary>The names of the application's images.</summary>
    public ImageNames Images { get; }

    /// <summary>The sizes of the images of the deployments in care.</summary>
    public ImageSizes ImageSizes { get; }

    /// <summary>Counters of launches, switches and drains of the application since the process started.</summary>
    public LifecycleStatistics Statistics { get; }

    /// <summary>Lets one changing operation run at a time.</summary>
    public OperationGate Gate { get; }

    /// <summary>Held for the short moment in which slot, record and states change together.</summary>
    public SemaphoreSlim SlotGuard { get; } = new(1, 1);

    /// <summary>The one place for what follows a switch and may not fail it.</summary>
    public AfterSwitch AfterSwitch { get; }

    /// <summary>Whether the slot sends traffic to a deployment at its last known address.</summary>
    public bool IsServed(Deployment deployment) => deployment.Target is { } target && Traffic.Current == target;

    /// <summary>Returns a mask for the secrets that a container of this launch config receives.</summary>
    public SecretMask MaskOf(LaunchConfig config) => SecretMask.Of(
        [.. config.Environment, .. Options.Environment.Variables.Select(pair => $"{pair.Key}={pair.Value}")],
        config.CopyContainerConfig(),
        config.CopyHostConfig());

    /// <summary>Returns what a deployment has answered; null if nothing was measured.</summary>
    public TrafficSummary? Measure(Deployment deployment) =>
        deployment.Target is { } target && Meter?.Measure(target) is { } report ? TrafficSummary.Of(report) : null;

    /// <summary>Disposes of the locks; nothing may run any more.</summary>
    public void Dispose()
    {
        Gate.Dispose();
        SlotGuard.Dispose();
    }
}
