using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Machines;
using WunderProxy.Deployments.Records;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Applications;

/// <summary>
/// One service on a machine: what it is called and may do, the launch configs and the history in its store, its record on
/// this machine, its deployments, and the two locks that put changes in order.
/// </summary>
internal sealed class Application : IDisposable
{
    /// <summary>Creates an application; neither engine nor store is contacted.</summary>
    /// <param name="options">Names, limits and times.</param>
    /// <param name="machine">Where its containers run; stays the caller's.</param>
    /// <param name="store">Launch configs, history, events; stays the caller's.</param>
    /// <param name="state">The local records, with their lock held; stays the caller's.</param>
    /// <param name="traffic">The data plane.</param>
    /// <param name="clock">All times and timers.</param>
    /// <param name="log">What operators should know.</param>
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
        Notices = new NoticeBoard(log);
        Store = new StoreCondition(new Circuit(clock, reached => DeploymentLog.StoreStateChanged(log, reached)), Notices);
        Configs = new LaunchConfigRepository(store, options.Prefix, clock);
        History = new HistoryRepository(store, options.Prefix, clock, Configs);
        Events = new EventRecorder(new EventLog(store, options.Prefix, state), Store, clock, log, faults);
        Record = new RecordKeeper(state, faults);
        Ownership = new ContainerOwnership(
            new ContainerIdentity(options.App, options.PrefixLabel), () => Record.Current, machine.Engine.Images);
        Images = new ImageNames(options.App, options.RegistryPort);
        Gate = new OperationGate(clock, faults, options.LaunchTimeout);
        AfterSwitch = new AfterSwitch(Notices, log);
        state.ListenToWarnings(warning => Notices.Warn($"state {warning}", warning));
    }

    /// <summary>Names, limits and times.</summary>
    public LifecycleOptions Options { get; }

    /// <summary>Where its containers run.</summary>
    public Machine Machine { get; }

    /// <summary>The slot of the data plane that the application's traffic goes through.</summary>
    public ITrafficSwitch Traffic { get; }

    /// <summary>All times and timers.</summary>
    public TimeProvider Clock { get; }

    /// <summary>What operators should know.</summary>
    public ILogger Log { get; }

    /// <summary>Named points for fault tests.</summary>
    public FaultPoints Faults { get; }

    /// <summary>Warnings that concern this application alone.</summary>
    public NoticeBoard Notices { get; }

    /// <summary>How the application's store answers.</summary>
    public StoreCondition Store { get; }

    /// <summary>The launch configs in the store.</summary>
    public LaunchConfigRepository Configs { get; }

    /// <summary>The history in the store.</summary>
    public HistoryRepository History { get; }

    /// <summary>Writes events.</summary>
    public EventRecorder Events { get; }

    /// <summary>What this machine has in service and in care, on disk.</summary>
    public RecordKeeper Record { get; }

    /// <summary>The deployments in care.</summary>
    public DeploymentTable Table { get; } = new();

    /// <summary>Tells the application's containers from others.</summary>
    public ContainerOwnership Ownership { get; }

    /// <summary>The names of the application's images.</summary>
    public ImageNames Images { get; }

    /// <summary>Lets one changing operation through at a time.</summary>
    public OperationGate Gate { get; }

    /// <summary>Held for the short moment in which slot, record and states change together.</summary>
    public SemaphoreSlim SlotGuard { get; } = new(1, 1);

    /// <summary>The one place for what follows a switch and may not fail it.</summary>
    public AfterSwitch AfterSwitch { get; }

    /// <summary>Whether the slot sends traffic to a deployment at the address where it was last reached.</summary>
    public bool IsServed(Deployment deployment) => deployment.Target is { } target && Traffic.Current == target;

    /// <summary>Hides the secrets that a container of a launch config is given.</summary>
    public SecretMask MaskOf(LaunchConfig config) => SecretMask.Of(
        [.. config.Environment, .. Options.Environment.Variables.Select(pair => $"{pair.Key}={pair.Value}")],
        config.CopyContainerConfig(),
        config.CopyHostConfig());

    /// <summary>Closes the locks; nothing may run any more.</summary>
    public void Dispose()
    {
        Gate.Dispose();
        SlotGuard.Dispose();
    }
}
