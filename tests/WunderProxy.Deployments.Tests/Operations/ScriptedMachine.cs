using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Operations;
using WunderProxy.Deployments.Records;
using WunderProxy.Deployments.Restrictions;
using WunderProxy.Deployments.Storage;
using WunderProxy.Deployments.Tests.Docker;
using WunderProxy.TestSupport;
using WunderProxy.TestSupport.Storage;

namespace WunderProxy.Deployments.Tests.Operations;

/// <summary>
/// A whole lifecycle on an engine whose containers are only told of; all of them answer at the address of one real
/// listener. For what would take hours on a real engine, or a fault of its own.
/// </summary>
internal sealed class ScriptedMachine : IAsyncDisposable
{
    public const string App = "shop";
    public const string Prefix = "service";

    /// <summary>The longest pause between two probes of a container that is awaited.</summary>
    public static readonly TimeSpan HealthInterval = TimeSpan.FromMilliseconds(900);

    /// <summary>The pauses between the probes of a container that is awaited; nothing else pauses for so long.</summary>
    public static readonly IReadOnlyList<TimeSpan> ProbePauses =
        [.. new[] { 20, 40, 80, 160, 320, 640 }.Select(milliseconds => TimeSpan.FromMilliseconds(milliseconds)), HealthInterval];

    /// <summary>The pause between two looks of a guard.</summary>
    private static readonly TimeSpan GuardPause = TimeSpan.FromMilliseconds(250);

    /// <summary>Loops that wait for the clock: the store's tender and the watcher. The engine's events are a stream.</summary>
    private const int PacedLoops = 2;

    private readonly TemporaryDirectory _root = new();
    private readonly ScriptedUpstream _application = ScriptedUpstream.Start();
    private readonly LocalState _state;
    private readonly string _app;

    public ScriptedMachine(TimeProvider clock, ConditionSupport conditions = ConditionSupport.Kept, string app = App)
    {
        _app = app;
        Clock = clock;
        Docker = new ScriptedDocker(clock);
        Store = new InMemoryObjectStore { Conditions = conditions };
        _ = _application.AnswerAllAsync(head =>
            $"HTTP/1.1 {StatusOf(head.Split(' ')[1])} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        _state = LocalState.Open(_root.FullPath, new ServiceName("memory", Prefix, _app));
        Assert.That(_state.TryLock());
    }

    public TimeProvider Clock { get; }

    public InMemoryObjectStore Store { get; }

    public ScriptedDocker Docker { get; }

    public ScriptedEngine Engine => Docker.Engine;

    public RecordingLogger Log { get; } = new();

    /// <summary>The data plane of the present process.</summary>
    public RecordingTrafficSwitch Traffic { get; private set; } = new();

    /// <summary>The data plane's statistics; null for none.</summary>
    public ITrafficMeter? Meter { get; set; }

    /// <summary>Called at each named step of an operation; throws to make the step fail.</summary>
    public Action<string>? OnStep { get; set; }

    public TimeSpan LaunchTimeout { get; init; } = TimeSpan.FromSeconds(60);

    public ContainerLifecycle Lifecycle { get; private set; } = null!;

    public string StateFolder => _state.FullPath;

    public bool IsEngineAway
    {
        get => Docker.IsAway;
        set => Docker.IsAway = value;
    }

    /// <summary>What launch configs may use; null for everything. Read when the lifecycle is made.</summary>
    public LaunchRestriction? Restriction { get; set; }

    /// <summary>Why the engine refuses to start a container; null when it does not.</summary>
    public Func<string>? RefuseStart
    {
        set => Docker.RefuseStart = value;
    }

    /// <summary>When a container started, asked each time it is inspected.</summary>
    public Func<string> StartedAt
    {
        set => Docker.StartTime = value;
    }

    /// <summary>What all containers answer to a request for a path.</summary>
    public Func<string, int> StatusOf { get; set; } = _ => 200;

    /// <summary>Changes how the lifecycle is set up; read when it is made.</summary>
    public Func<LifecycleOptions, LifecycleOptions> Adjust { get; set; } = options => options;

    public int Port => ((IPEndPoint)_application.EndPoint).Port;

    /// <summary>Ids of the containers that the engine has now, with their state.</summary>
    public IReadOnlyList<string> Containers => Docker.Containers;

    public async Task StartAsync(LifecycleRecord? record = null)
    {
        if (record is not null)
        {
            _state.WriteDocument("record.json", record, LifecycleJsonContext.Default.LifecycleRecord);
        }

        Create(Traffic);
        await Lifecycle.StartAsync(CancellationToken.None);
    }

    /// <summary>Makes the lifecycle; it is not started.</summary>
    public void Create(RecordingTrafficSwitch traffic)
    {
        var options = Adjust(new LifecycleOptions
        {
            Bucket = "memory",
            Prefix = Prefix,
            App = _app,
            LaunchTimeout = LaunchTimeout,
            HealthInterval = HealthInterval,
            Restriction = Restriction,
        });
        if (Clock is ManualTimeProvider)
        {
            // A real answer takes no time on this clock: a limit could only fire because a test moves on.
            options = options with { HealthTimeout = Timeout.InfiniteTimeSpan };
        }

        // The engine answers at once: the limits of its calls would only be timers besides those of the loops.
        Traffic = traffic;
        Lifecycle = new ContainerLifecycle(
            options, Engine.CreateClient(), Store, _state, Traffic, Clock, Log, new FaultPoints(point => OnStep?.Invoke(point)), Meter);
    }

    /// <summary>Ends the process and starts another one on the same state, store and engine.</summary>
    public async Task RestartAsync()
    {
        await Lifecycle.DisposeAsync();
        Tick();
        Create(new RecordingTrafficSwitch());
        await Lifecycle.StartAsync(CancellationToken.None);
    }

    /// <summary>The local record, as it is on disk.</summary>
    public LifecycleRecord Record =>
        _state.ReadDocument("record.json", LifecycleJsonContext.Default.LifecycleRecord) ?? new LifecycleRecord();

    /// <summary>The revisions in <c>history.json</c>, oldest first.</summary>
    public async Task<IReadOnlyList<string>> HistoryAsync() => await Store.GetAsync($"{Prefix}/history.json", CancellationToken.None) is { } read
        ? [.. JsonNode.Parse(read.Bytes.Span)!.AsArray().Select(entry => entry!["Revision"]!.GetValue<string>())]
        : [];

    /// <summary>The revision in <c>current.json</c>; empty for none.</summary>
    public async Task<string> CurrentAsync() => await Store.GetAsync($"{Prefix}/current.json", CancellationToken.None) is { } read
        ? JsonNode.Parse(read.Bytes.Span)!["Revision"]!.GetValue<string>()
        : "";

    /// <summary>Type and revision of all events, in the store and on this machine, in order.</summary>
    public async Task<IReadOnlyList<string>> EventsAsync()
    {
        var events = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(StateFolder, "events"), "*.json"))
        {
            try
            {
                events[Path.GetFileName(file)] = Describe(await File.ReadAllBytesAsync(file));
            }
            catch (FileNotFoundException)
            {
                // Just written to the store, which is read after this.
            }
        }

        foreach (var key in Store.Keys.Where(key => key.StartsWith($"{Prefix}/events/", StringComparison.Ordinal)))
        {
            events[key.Split('/')[^1]] = Describe((await Store.GetAsync(key, CancellationToken.None))!.Bytes.Span);
        }

        return [.. events.Values];

        static string Describe(ReadOnlySpan<byte> bytes)
        {
            var happened = JsonNode.Parse(bytes)!;
            return $"{happened["Type"]} {happened["Revision"]}";
        }
    }

    /// <summary>Changes the state of the container of a revision: <c>exited</c>, <c>running</c>.</summary>
    public void SetState(string revision, string state) => Docker.SetState(revision, state);

    /// <summary>Moves the clock, which has to be one that a test moves, until a look between two steps finds it so.</summary>
    public Task AdvanceUntilAsync(string what, Func<bool> condition) =>
        ((ManualTimeProvider)Clock).AdvanceUntilAsync(PacedLoops, what, condition);

    /// <summary>Why the engine refuses to create a container; null when it does not, and may answer anything else.</summary>
    public Func<string, HttpResponseMessage?>? BeforeCreate
    {
        set => Docker.BeforeCreate = value;
    }

    /// <summary>Labels of images by their ids.</summary>
    public Dictionary<string, JsonObject> ImageLabels => Docker.ImageLabels;

    /// <summary>The labels that we give to a container.</summary>
    public JsonObject LabelsOf(string hash, string revision)
    {
        var labels = new JsonObject();
        foreach (var (name, value) in new ContainerLabels(App, $"memory/{Prefix}", LaunchConfigHash.Parse(hash), revision, "").ToPairs())
        {
            labels[name] = value;
        }

        labels["wunderproxy.port"] = Port.ToString(CultureInfo.InvariantCulture);
        return labels;
    }

    /// <summary>Puts a container of ours into the engine.</summary>
    public void AddContainer(string id, string hash, string revision, string state, DateTimeOffset created) => AddContainer(
        id, ContainerName.Create(App, revision, LaunchConfigHash.Parse(hash)), $"localhost:8080/{App}:{revision}", state, LabelsOf(hash, revision), created);

    /// <inheritdoc cref="ScriptedDocker.Add"/>
    public void AddContainer(
        string id, string name, string image, string state, JsonObject labels, DateTimeOffset created, string imageId = "sha256:1") =>
        Docker.Add(id, name, image, state, labels, created, imageId);

    /// <summary>The identity of a revision's launch config.</summary>
    public string HashOf(string revision) => LaunchConfigHash.Of(Config(revision)).Value;

    /// <summary>Puts the launch config of a revision into the store.</summary>
    /// <returns>Its hash.</returns>
    public async Task<string> StoreAsync(string revision) =>
        (await new LaunchConfigRepository(Store, Prefix).AddAsync(Config(revision), CancellationToken.None)).Hash.Value;

    /// <summary>Puts <c>current.json</c> into the store, as another deployer does.</summary>
    public void SeedCurrent(string revision)
    {
        Store.Seed($"{Prefix}/container.{HashOf(revision)}.json", Config(revision));
        Store.Seed($"{Prefix}/current.json", Config(revision));
    }

    public Task<DeployResult> DeployAsync(string revision, TimeSpan? guard = null) => DeployAsync(Config(revision), guard);

    public Task<DeployResult> DeployAsync(byte[] config, TimeSpan? guard = null, IProgress<DeploymentProgress>? progress = null)
    {
        Tick();
        return Lifecycle.DeployAsync(new DeployRequest { Config = config, By = "t", Guard = guard }, progress, CancellationToken.None);
    }

    /// <summary>Launches the stored launch config of a revision.</summary>
    public async Task<LaunchResult> LaunchAsync(string revision)
    {
        var hash = await StoreAsync(revision);
        Tick();
        return await Lifecycle.LaunchAsync(hash, "t", null, CancellationToken.None);
    }

    public Task<SwitchResult> SwitchAsync(string revision, TimeSpan? guard = null)
    {
        Tick();
        return Lifecycle.SwitchAsync(HashOf(revision), new SwitchOptions { By = "t", Guard = guard }, CancellationToken.None);
    }

    public Task<DeployResult> RollbackAsync(string target = "", IProgress<DeploymentProgress>? progress = null)
    {
        Tick();
        return Lifecycle.RollbackAsync(new RollbackRequest { Target = target, By = "t" }, progress, CancellationToken.None);
    }

    /// <summary>Lets the guard look again and again, until its watch has ended.</summary>
    public async Task<GuardView> JudgeAsync(string watch)
    {
        var ended = EventuallyAsync("the verdict", () => Task.FromResult(
            Lifecycle.Snapshot().Guard is { } guard && guard.Id == watch && guard.State != GuardState.Watching));
        await ((ManualTimeProvider)Clock).PassPausesAsync(GuardPause, "the verdict", ended);
        return Lifecycle.Snapshot().Guard!;
    }

    /// <summary>Revision and state of all containers in care and of those beside them, in the order of revisions.</summary>
    public IReadOnlyList<string> InCare =>
        [.. Lifecycle.Containers.Select(container => $"{container.Revision} {container.State}").Order(StringComparer.Ordinal)];

    /// <summary>Waits until the containers of the engine are these, with their state.</summary>
    public Task UntilContainersAreAsync(params string[] containers) => EventuallyAsync(
        string.Join(", ", containers), () => Task.FromResult(Containers.SequenceEqual(containers, StringComparer.Ordinal)));

    /// <summary>Waits for what happens in the background; the real time only bounds a hang.</summary>
    public static async Task EventuallyAsync(string what, Func<Task<bool>> condition)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.That(TimeProvider.System.GetElapsedTime(began), Is.LessThan(TimeSpan.FromSeconds(60)), $"still waiting for {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }

    /// <summary>A launch config whose containers answer at our listener.</summary>
    /// <param name="revision">Names it.</param>
    /// <param name="change">Changes it; null for nothing.</param>
    public byte[] Config(string revision, Action<JsonObject>? change = null)
    {
        var config = new JsonObject
        {
            ["ContainerConfig"] = new JsonObject { ["Image"] = "there:1" },
            ["Revision"] = revision,
            ["ContainerPort"] = $"{Port}/tcp",
        };
        change?.Invoke(config);
        return JsonSerializer.SerializeToUtf8Bytes(config);
    }

    public async ValueTask DisposeAsync()
    {
        if (Lifecycle is not null)
        {
            await Lifecycle.DisposeAsync();
        }

        _state.Dispose();
        _application.Dispose();
        Engine.Dispose();
        Store.Dispose();

        // A retirement in the background may still write its record.
        await EventuallyAsync("the end of the folder", () => Task.FromResult(TryRemoveRoot()));
    }

    /// <summary>No two operations or starts begin at the same time: their events are in the order of their times.</summary>
    private void Tick() => (Clock as ManualTimeProvider)?.Advance(TimeSpan.FromMilliseconds(1));

    private bool TryRemoveRoot()
    {
        try
        {
            _root.Dispose();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
