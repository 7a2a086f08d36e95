using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Lifecycle;
using WunderProxy.Deployments.Storage;
using WunderProxy.Deployments.Tests.Docker;
using WunderProxy.TestSupport;
using WunderProxy.TestSupport.Storage;

namespace WunderProxy.Deployments.Tests.Lifecycle;

/// <summary>
/// A whole lifecycle on an engine whose containers are only told of; all of them answer at the address of one real
/// listener. For what would take hours on a real engine, or a fault of its own.
/// </summary>
internal sealed class ScriptedMachine : IAsyncDisposable
{
    public const string App = "shop";
    public const string Prefix = "service";

    /// <summary>Loops that wait for the clock: the store's tender and the watcher. The engine's events are a stream.</summary>
    private const int PacedLoops = 2;

    private readonly TemporaryDirectory _root = new();
    private readonly Dictionary<string, JsonObject> _containers = new(StringComparer.Ordinal);
    private readonly ScriptedUpstream _application = ScriptedUpstream.Start();
    private readonly LocalState _state;
    private int _created;

    public ScriptedMachine(TimeProvider clock, ConditionSupport conditions = ConditionSupport.Kept)
    {
        Clock = clock;
        Store = new InMemoryObjectStore { Conditions = conditions };
        _ = _application.AnswerAllAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        _state = LocalState.Open(_root.FullPath, new ServiceName("memory", Prefix, App));
        Assert.That(_state.TryLock());
        Script();
    }

    public TimeProvider Clock { get; }

    public InMemoryObjectStore Store { get; }

    public ScriptedEngine Engine { get; } = new();

    public RecordingLogger Log { get; } = new();

    public RecordingTrafficSwitch Traffic { get; } = new();

    public ContainerLifecycle Lifecycle { get; private set; } = null!;

    public string StateFolder => _state.FullPath;

    public bool IsEngineAway { get; set; }

    /// <summary>Why the engine refuses to start a container; null when it does not.</summary>
    public Func<string>? RefuseStart { get; set; }

    public int Port => ((IPEndPoint)_application.EndPoint).Port;

    /// <summary>Ids of the containers that the engine has now, with their state.</summary>
    public IReadOnlyList<string> Containers
    {
        get
        {
            lock (_containers)
            {
                return [.. _containers.Select(pair => $"{pair.Key} {pair.Value["State"]}").Order(StringComparer.Ordinal)];
            }
        }
    }

    public async Task StartAsync(LifecycleRecord? record = null)
    {
        if (record is not null)
        {
            _state.WriteDocument("record.json", record, LifecycleJsonContext.Default.LifecycleRecord);
        }

        var options = new LifecycleOptions { Bucket = "memory", Prefix = Prefix, App = App };

        // The engine answers at once: the limits of its calls would only be timers besides those of the loops.
        Lifecycle = new ContainerLifecycle(
            options, Engine.CreateClient(), Store, _state, Traffic, Clock, Log, FaultPoints.FromEnvironment(_ => null), null);
        await Lifecycle.StartAsync(CancellationToken.None);
    }

    /// <summary>Moves the clock, which has to be one that a test moves, until a look between two steps finds it so.</summary>
    public Task AdvanceUntilAsync(string what, Func<bool> condition) =>
        ((ManualTimeProvider)Clock).AdvanceUntilAsync(PacedLoops, what, condition);

    /// <summary>Puts a container of ours into the engine.</summary>
    public void AddContainer(string id, string hash, string revision, string state, DateTimeOffset created)
    {
        var labels = new JsonObject();
        foreach (var (name, value) in new ContainerLabels(App, $"memory/{Prefix}", hash, revision, "").ToPairs())
        {
            labels[name] = value;
        }

        labels["wunderproxy.port"] = Port.ToString(CultureInfo.InvariantCulture);
        lock (_containers)
        {
            _containers[id] = new JsonObject
            {
                ["Id"] = id,
                ["Names"] = new JsonArray($"/{App}-{revision}-{id}"),
                ["Image"] = $"localhost:8080/{App}:{revision}",
                ["State"] = state,
                ["Created"] = created.ToUnixTimeSeconds(),
                ["Labels"] = labels,
            };
        }
    }

    /// <summary>A launch config whose containers answer at our listener.</summary>
    public byte[] Config(string revision) => JsonSerializer.SerializeToUtf8Bytes(new JsonObject
    {
        ["ContainerConfig"] = new JsonObject { ["Image"] = "there:1" },
        ["Revision"] = revision,
        ["ContainerPort"] = $"{Port}/tcp",
    });

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
        _root.Dispose();
    }

    private void Script() => Engine
        .On(HttpMethod.Get, "/_ping", _ => Json("OK"))
        .On(HttpMethod.Get, "/events", _ => IsEngineAway ? Json("") : Silent())
        .On(HttpMethod.Get, "/containers/json", _ => List())
        .On(HttpMethod.Get, "/images/", _ => Json("""{"Id":"sha256:1"}"""))
        .On(HttpMethod.Delete, "/images/", _ => Json("[]"))
        .On(HttpMethod.Post, "/containers/create", _ => Create())
        .On(HttpMethod.Delete, "/containers/", request => With(request, id => _containers.Remove(id)))
        .On(HttpMethod.Get, "/containers/", Inspect)
        .On(HttpMethod.Post, "/containers/", Act);

    private HttpResponseMessage Create()
    {
        var id = $"made{Interlocked.Increment(ref _created)}";
        AddContainer(id, "", "", "created", Clock.GetUtcNow());
        return Json($$"""{"Id":"{{id}}"}""");
    }

    private HttpResponseMessage Act(HttpRequestMessage request) => request.RequestUri!.AbsolutePath.Split('/')[^1] switch
    {
        "start" when RefuseStart is { } refuse => ScriptedEngine.Answer(
            HttpStatusCode.InternalServerError, Encoding.UTF8.GetBytes($$"""{"message":"{{refuse()}}"}""")),
        "start" => With(request, id => _containers[id]["State"] = "running"),
        "stop" or "kill" => With(request, id => _containers[id]["State"] = "exited"),
        _ => Silent(),
    };

    private HttpResponseMessage Inspect(HttpRequestMessage request)
    {
        var id = IdOf(request);
        lock (_containers)
        {
            if (IsEngineAway || !_containers.TryGetValue(id, out var container))
            {
                return ScriptedEngine.Answer(HttpStatusCode.NotFound, "{}"u8.ToArray());
            }

            var isRunning = container["State"]!.GetValue<string>() == "running" ? "true" : "false";
            return Json($$$$$"""
                {"Id":"{{{{{id}}}}}","State":{"Running":{{{{{isRunning}}}}},"StartedAt":"once"},"Config":{},"HostConfig":{},
                 "NetworkSettings":{"Networks":{"bridge":{"NetworkID":"n","IPAddress":"127.0.0.1"}}}}
                """);
        }
    }

    private HttpResponseMessage List()
    {
        lock (_containers)
        {
            return Json(new JsonArray([.. _containers.Values.Select(container => container.DeepClone())]).ToJsonString());
        }
    }

    private HttpResponseMessage With(HttpRequestMessage request, Action<string> change)
    {
        lock (_containers)
        {
            change(IdOf(request));
        }

        return Json("");
    }

    private static string IdOf(HttpRequestMessage request) => request.RequestUri!.AbsolutePath.Split('/')[3];

    /// <summary>An answer, unless nobody is there.</summary>
    private HttpResponseMessage Json(string body) => IsEngineAway
        ? throw new HttpRequestException("refused")
        : ScriptedEngine.Answer(HttpStatusCode.OK, Encoding.UTF8.GetBytes(body));

    private static HttpResponseMessage Silent() =>
        new(HttpStatusCode.OK) { Content = new StreamContent(new Pipe().Reader.AsStream()) };
}
