using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Operations;
using WunderProxy.Deployments.Storage;
using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.TestSupport;
using WunderProxy.TestSupport.Storage;

namespace WunderProxy.IntegrationTests.Lifecycle;

/// <summary>One service's lifecycle on the real engine, with a store in memory and a data plane that only remembers.</summary>
internal sealed class LifecycleHarness : IAsyncDisposable
{
    private readonly DirectoryInfo _stateRoot = Directory.CreateTempSubdirectory("wunderproxy-");
    private LocalState? _state;

    public TestEngine Engine { get; } = new();

    public string App { get; } = $"life{Guid.NewGuid():n}"[..12];

    public InMemoryObjectStore Store { get; } = new();

    public RecordingTrafficSwitch Traffic { get; private set; } = new();

    public ContainerLifecycle Lifecycle { get; private set; } = null!;

    public string Repository => $"localhost:{TestEnvironment.RegistryPort}/{App}";

    public Func<LifecycleOptions, LifecycleOptions> Adjust { get; init; } = options => options;

    /// <summary>Imports images of these revisions and starts the lifecycle.</summary>
    public async Task StartAsync(params string[] revisions)
    {
        foreach (var revision in revisions)
        {
            await BusyboxImage.ImportAsync(TestEngine.SocketPath, Repository, revision);
        }

        await RestartAsync();
    }

    /// <summary>Ends the lifecycle as a process end would, and starts another over the same state and containers.</summary>
    public async Task RestartAsync()
    {
        if (Lifecycle is not null)
        {
            await Lifecycle.DisposeAsync();
        }

        _state?.Dispose();
        Traffic = new RecordingTrafficSwitch();
        var options = Adjust(new LifecycleOptions
        {
            Bucket = "memory",
            Prefix = "service",
            App = App,
            RegistryPort = TestEnvironment.RegistryPort,
            HealthInterval = TimeSpan.FromMilliseconds(100),
            LaunchTimeout = TimeSpan.FromSeconds(20),
            WatchInterval = TimeSpan.FromMilliseconds(500),
            StopTimeout = TimeSpan.FromSeconds(2),
        });
        _state = LocalState.Open(_stateRoot.FullName, new ServiceName(options.Bucket, options.Prefix, options.App));
        Assert.That(_state.TryLock(), "state lock");
        Lifecycle = new ContainerLifecycle(
            options,
            DockerEndpoint.Parse(TestEnvironment.DockerHost),
            Store,
            _state,
            Traffic,
            TimeProvider.System,
            NullLogger<ContainerLifecycle>.Instance);
        await Lifecycle.StartAsync(CancellationToken.None);
    }

    /// <summary>As <see cref="RestartAsync"/>, with a new state directory.</summary>
    public async Task RestartWithNewStateAsync()
    {
        if (Lifecycle is not null)
        {
            await Lifecycle.DisposeAsync();
        }

        _state?.Dispose();
        foreach (var state in _stateRoot.EnumerateDirectories())
        {
            state.Delete(recursive: true);
        }

        await RestartAsync();
    }

    /// <summary>The bytes of a launch config.</summary>
    public static byte[] Config(string revision, Action<JsonObject>? change = null)
    {
        var config = new JsonObject
        {
            ["ContainerConfig"] = new JsonObject { ["Env"] = new JsonArray($"GREETING={revision}") },
            ["HostConfig"] = new JsonObject(),
            ["HealthCheckPath"] = "/up",
            ["Revision"] = revision,
        };
        change?.Invoke(config);
        return JsonSerializer.SerializeToUtf8Bytes(config);
    }

    /// <summary>Stores a launch config.</summary>
    /// <returns>Its hash.</returns>
    public async Task<string> StoreConfigAsync(byte[] config) =>
        (await new LaunchConfigRepository(Store, "service").AddAsync(config, CancellationToken.None)).Hash.Value;

    public Task<DeployResult> DeployAsync(byte[] config) =>
        Lifecycle.DeployAsync(new DeployRequest { Config = config, By = "test" }, null, CancellationToken.None);

    public Task<LaunchResult> LaunchAsync(string hash) => Lifecycle.LaunchAsync(hash, "test", null, CancellationToken.None);

    public Task<SwitchResult> SwitchAsync(string hash) =>
        Lifecycle.SwitchAsync(hash, new SwitchOptions { By = "test" }, CancellationToken.None);

    public Task<DeployResult> RollbackAsync(string target = "") =>
        Lifecycle.RollbackAsync(new RollbackRequest { Target = target, By = "test" }, null, CancellationToken.None);

    /// <summary>What the application at the current target answers.</summary>
    public async Task<string> AskAsync()
    {
        using var http = new HttpClient();
        return (await http.GetStringAsync(new Uri($"http://{Traffic.Current!.EndPoint}/up"))).Trim();
    }

    public async Task<bool> IsRunningAsync(string container) =>
        (await Engine.InspectAsync(container))["State"]!["Running"]!.GetValue<bool>();

    public async Task<string> StartedAtAsync(string container) =>
        (await Engine.InspectAsync(container))["State"]!["StartedAt"]!.GetValue<string>();

    public async ValueTask DisposeAsync()
    {
        if (Lifecycle is not null)
        {
            await Lifecycle.DisposeAsync();
        }

        _state?.Dispose();
        await Engine.RemoveApplicationAsync(App);
        Engine.Dispose();
        Store.Dispose();
        _stateRoot.Delete(recursive: true);
    }
}
