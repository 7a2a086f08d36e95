using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Launching;
using WunderProxy.Deployments.Machines;
using WunderProxy.Deployments.Records;
using WunderProxy.Deployments.Retirement;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Applications;

/// <summary>What the parts of the lifecycle share.</summary>
internal sealed class LifecycleContext : IDisposable
{
    public LifecycleContext(
        LifecycleOptions options,
        DockerEngineClient engine,
        IObjectStore store,
        LocalState state,
        ITrafficSwitch traffic,
        TimeProvider clock,
        ILogger log,
        FaultPoints faults)
    {
        Options = options;
        Engine = engine;
        Store = store;
        Traffic = traffic;
        Clock = clock;
        Log = log;
        Faults = faults;
        Configs = new LaunchConfigRepository(store, options.Prefix, clock);
        History = new HistoryRepository(store, options.Prefix, clock, Configs);
        Events = new EventLog(store, options.Prefix, state);
        Record = new RecordKeeper(state, faults);
        Probe = new HealthProbe(options.HealthTimeout, options.Version, clock);
        Addresses = new ContainerAddressResolver(options.ContainerAddress, engine, new OwnContainer(engine), clock);
        Ownership = new ContainerOwnership(new ContainerIdentity(options.App, PrefixLabel), () => Record.Current, engine.Images);
        Orphans = new OrphanRemover(engine, Ownership, log);
        Stopper = new ContainerStopper(engine, options.StopTimeout);
        Notices = new NoticeBoard(log, clock);
        AfterSwitch = new AfterSwitch(this);
        engine.Heard = Notices.Engine.Hear;
        state.ListenToWarnings(warning => Notices.Warn($"state {warning}", warning));
    }

    public LifecycleOptions Options { get; }

    public DockerEngineClient Engine { get; }

    public IObjectStore Store { get; }

    public ITrafficSwitch Traffic { get; }

    public TimeProvider Clock { get; }

    public ILogger Log { get; }

    public FaultPoints Faults { get; }

    public LaunchConfigRepository Configs { get; }

    public HistoryRepository History { get; }

    public EventLog Events { get; }

    public RecordKeeper Record { get; }

    public HealthProbe Probe { get; }

    public ContainerAddressResolver Addresses { get; }

    public DeploymentTable Table { get; } = new();

    public NoticeBoard Notices { get; }

    public ContainerOwnership Ownership { get; }

    public OrphanRemover Orphans { get; }

    /// <summary>The one place for what follows a switch and may not fail it.</summary>
    public AfterSwitch AfterSwitch { get; }

    public ContainerStopper Stopper { get; }

    /// <summary>Held for the short moment in which slot, record and states change together.</summary>
    public SemaphoreSlim SlotGuard { get; } = new(1, 1);

    /// <summary>Label value: <c>BUCKET/PREFIX</c>.</summary>
    public string PrefixLabel => $"{Options.Bucket}/{Options.Prefix}";

    /// <summary>The name of an image that the launch config does not name.</summary>
    public string DefaultImage(string revision) => $"{DefaultRepository}:{revision}";

    /// <summary>Our own images, without a tag.</summary>
    public string DefaultRepository => $"localhost:{Options.RegistryPort}/{Options.App}";

    /// <summary>Hides the secrets that a container of this launch config is given.</summary>
    public SecretMask MaskOf(LaunchConfig config) => SecretMask.Of(
        [.. config.Environment, .. Options.Environment.Variables.Select(pair => $"{pair.Key}={pair.Value}")],
        config.CopyContainerConfig(),
        config.CopyHostConfig());

    public void Dispose()
    {
        Probe.Dispose();
        Engine.Dispose();
        SlotGuard.Dispose();
    }
}
