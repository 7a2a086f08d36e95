using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using WunderProxy.Deployments.Tests.Docker;

namespace WunderProxy.Deployments.Tests.Operations;

/// <summary>
/// Containers and images of an engine that only exist in what it answers: calls change them as a real engine's would,
/// and a test says what else becomes of them. All running containers have the address 127.0.0.1.
/// </summary>
internal sealed class ScriptedDocker
{
    private readonly TimeProvider _clock;
    private readonly Dictionary<string, JsonObject> _containers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _starts = new(StringComparer.Ordinal);
    private readonly List<JsonNode> _created = [];
    private readonly List<PipeWriter> _waits = [];
    private TaskCompletionSource<PipeWriter> _events = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastEvent;

    public ScriptedDocker(TimeProvider clock)
    {
        _clock = clock;
        Engine
            .On(HttpMethod.Get, "/_ping", _ => Json("OK"))
            .On(HttpMethod.Get, "/events", Events)
            .On(HttpMethod.Get, "/containers/json", _ => List())
            .On(HttpMethod.Get, "/images/", Image)
            .On(HttpMethod.Delete, "/images/", _ => Json("[]"))
            .On(HttpMethod.Post, "/images/create", Pull)
            .On(HttpMethod.Post, "/images/load", Load)
            .On(HttpMethod.Post, "/images/", Tag)
            .On(HttpMethod.Post, "/containers/create", Create)
            .On(HttpMethod.Delete, "/containers/", request => With(request, id => _containers.Remove(id)))
            .On(HttpMethod.Get, "/containers/", request => request.RequestUri!.AbsolutePath.EndsWith("/logs", StringComparison.Ordinal)
                ? Logs()
                : Inspect(request))
            .On(HttpMethod.Post, "/containers/", Act);
    }

    public ScriptedEngine Engine { get; } = new();

    /// <summary>Whether nobody answers the calls.</summary>
    public bool IsAway { get; set; }

    /// <summary>Ids of the containers that there are now, with their state.</summary>
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

    /// <summary>The bodies of the create calls, in order.</summary>
    public IReadOnlyList<JsonNode> CreateBodies
    {
        get
        {
            lock (_containers)
            {
                return [.. _created];
            }
        }
    }

    /// <summary>Why a container is not created, by its name; null to create it.</summary>
    public Func<string, HttpResponseMessage?>? BeforeCreate { get; set; }

    /// <summary>Why a container is not started; null when it is.</summary>
    public Func<string>? RefuseStart { get; set; }

    /// <summary>When a container started, asked each time it is inspected; null to tell its starts apart.</summary>
    public Func<string>? StartTime { get; set; }

    /// <summary>Changes what an inspection tells of the container of a revision; null for nothing.</summary>
    public Action<string, JsonObject>? Inspecting { get; set; }

    /// <summary>What every container has written; null when its log cannot be read.</summary>
    public IReadOnlyList<string>? Log { get; set; } = [];

    /// <summary>Labels of images by their ids.</summary>
    public Dictionary<string, JsonObject> ImageLabels { get; } = new(StringComparer.Ordinal);

    /// <summary>Names of images that are not on the machine.</summary>
    public HashSet<string> MissingImages { get; } = new(StringComparer.Ordinal);

    /// <summary>Answers a pull, by the image's name; null for a registry that has every image.</summary>
    public Func<string, HttpResponseMessage>? Registry { get; set; }

    /// <summary>What the engine says after it has read an archive; null for the name that the archive asks for.</summary>
    public string? LoadAnswer { get; set; }

    /// <summary>Why an archive is not loaded; null when it is.</summary>
    public string? RefuseLoad { get; set; }

    /// <summary>Whether an image is gone again when its pull has ended.</summary>
    public bool LosesPulled { get; set; }

    /// <summary>Puts any container into the engine; its image has the id <c>sha256:1</c> unless the test says another.</summary>
    public void Add(
        string id, string name, string image, string state, JsonObject labels, DateTimeOffset created, string imageId = "sha256:1")
    {
        lock (_containers)
        {
            _containers[id] = new JsonObject
            {
                ["Id"] = id,
                ["Names"] = new JsonArray($"/{name}"),
                ["Image"] = image,
                ["ImageID"] = imageId,
                ["State"] = state,
                ["Created"] = created.ToUnixTimeSeconds(),
                ["Labels"] = labels,
            };
        }
    }

    /// <summary>Changes the state of the containers of a revision, and tells nobody.</summary>
    public void SetState(string revision, string state)
    {
        lock (_containers)
        {
            foreach (var container in _containers.Values.Where(container => RevisionOf(container) == revision))
            {
                container["State"] = state;
            }
        }
    }

    /// <summary>Ends the containers of a revision, and answers all calls that wait for an exit.</summary>
    public async Task ExitAsync(string revision)
    {
        SetState(revision, "exited");
        PipeWriter[] waits;
        lock (_containers)
        {
            waits = [.. _waits];
            _waits.Clear();
        }

        foreach (var wait in waits)
        {
            await wait.WriteAsync("""{"StatusCode":3}"""u8.ToArray());
            await wait.CompleteAsync();
        }
    }

    /// <summary>Removes the containers of a revision, and tells nobody.</summary>
    public void Remove(string revision)
    {
        lock (_containers)
        {
            foreach (var id in _containers.Where(pair => RevisionOf(pair.Value) == revision).Select(pair => pair.Key).ToArray())
            {
                _containers.Remove(id);
            }
        }
    }

    /// <summary>Tells of a container by the stream of events, once somebody follows it.</summary>
    public async Task TellAsync(string action, string id)
    {
        var writer = await _events.Task;
        var happened = new JsonObject
        {
            ["Type"] = "container",
            ["Action"] = action,
            ["Actor"] = new JsonObject { ["ID"] = id },
            ["timeNano"] = Interlocked.Increment(ref _lastEvent),
        };
        await writer.WriteAsync(Encoding.UTF8.GetBytes(happened.ToJsonString() + "\n"));
    }

    /// <summary>Ends the stream of events, as an engine does that ends.</summary>
    public async Task EndEventsAsync()
    {
        var writer = await _events.Task;
        _events = new TaskCompletionSource<PipeWriter>(TaskCreationOptions.RunContinuationsAsynchronously);
        await writer.CompleteAsync();
    }

    public static HttpResponseMessage Refusal(HttpStatusCode status, string message) =>
        ScriptedEngine.Answer(status, Encoding.UTF8.GetBytes(new JsonObject { ["message"] = message }.ToJsonString()));

    /// <summary>An answer that begins and never goes on.</summary>
    public static HttpResponseMessage Silence() => Stream(new Pipe());

    private HttpResponseMessage Events(HttpRequestMessage request)
    {
        if (IsAway || request.RequestUri!.Query.Contains("until=", StringComparison.Ordinal))
        {
            return Json("");
        }

        var pipe = new Pipe();
        if (!_events.TrySetResult(pipe.Writer))
        {
            _events = new TaskCompletionSource<PipeWriter>(TaskCreationOptions.RunContinuationsAsynchronously);
            _events.SetResult(pipe.Writer);
        }

        return Stream(pipe);
    }

    private HttpResponseMessage Create(HttpRequestMessage request)
    {
        if (IsAway)
        {
            return Json("");
        }

        var name = Uri.UnescapeDataString(request.RequestUri!.Query["?name=".Length..]);
        if (BeforeCreate?.Invoke(name) is { } refused)
        {
            return refused;
        }

        var body = JsonNode.Parse(request.Content!.ReadAsStream())!;
        string id;
        lock (_containers)
        {
            _created.Add(body);
            id = $"made{_created.Count}";
        }

        Add(id, name, body["Image"]!.GetValue<string>(), "created", body["Labels"]!.DeepClone().AsObject(), _clock.GetUtcNow());
        return Json($$"""{"Id":"{{id}}"}""");
    }

    /// <summary>By its id, else the one that all names mean.</summary>
    private HttpResponseMessage Image(HttpRequestMessage request)
    {
        var name = Uri.UnescapeDataString(IdOf(request));
        if (MissingImages.Contains(name))
        {
            return Refusal(HttpStatusCode.NotFound, $"No such image: {name}");
        }

        var id = name.StartsWith("sha256:", StringComparison.Ordinal) ? name : "sha256:1";
        var labels = ImageLabels.GetValueOrDefault(id)?.DeepClone() ?? new JsonObject();
        return Json(new JsonObject { ["Id"] = id, ["Config"] = new JsonObject { ["Labels"] = labels } }.ToJsonString());
    }

    private HttpResponseMessage Pull(HttpRequestMessage request)
    {
        var query = request.RequestUri!.Query.TrimStart('?').Split('&').Select(pair => Uri.UnescapeDataString(pair.Split('=')[1])).ToArray();
        var name = $"{query[0]}:{query[1]}";
        var answer = Registry is { } registry
            ? registry(name)
            : Json("""{"status":"Downloading","progressDetail":{"current":5,"total":10},"id":"layer"}""" + "\n");
        if (answer.IsSuccessStatusCode && !LosesPulled)
        {
            MissingImages.Remove(name);
        }

        return answer;
    }

    /// <summary>Reads the archive to its end, as an engine does before it answers.</summary>
    private HttpResponseMessage Load(HttpRequestMessage request)
    {
        var bytes = new MemoryStream();
        request.Content!.CopyToAsync(bytes).GetAwaiter().GetResult();
        return RefuseLoad is { } refusal
            ? Refusal(HttpStatusCode.InternalServerError, refusal)
            : Json(new JsonObject { ["stream"] = LoadAnswer ?? "Loaded image ID: sha256:1\n" }.ToJsonString() + "\n");
    }

    private HttpResponseMessage Tag(HttpRequestMessage request)
    {
        var query = request.RequestUri!.Query.TrimStart('?').Split('&').Select(pair => Uri.UnescapeDataString(pair.Split('=')[1])).ToArray();
        MissingImages.Remove($"{query[0]}:{query[1]}");
        return Json("");
    }

    private HttpResponseMessage Act(HttpRequestMessage request) => request.RequestUri!.AbsolutePath.Split('/')[^1] switch
    {
        "start" when RefuseStart is { } refuse => Refusal(HttpStatusCode.InternalServerError, refuse()),
        "start" => With(request, Start),
        "stop" or "kill" => With(request, id => _containers[id]["State"] = "exited"),
        _ => Wait(),
    };

    private HttpResponseMessage Wait()
    {
        var pipe = new Pipe();
        lock (_containers)
        {
            _waits.Add(pipe.Writer);
        }

        return Stream(pipe);
    }

    private void Start(string id)
    {
        if (_containers[id]["State"]!.GetValue<string>() != "running")
        {
            _containers[id]["State"] = "running";
            _starts[id] = _starts.GetValueOrDefault(id) + 1;
        }
    }

    private HttpResponseMessage Inspect(HttpRequestMessage request)
    {
        var id = Uri.UnescapeDataString(IdOf(request));
        lock (_containers)
        {
            var named = _containers.Values.FirstOrDefault(c => c["Names"]![0]!.GetValue<string>() == $"/{id}");
            id = named?["Id"]!.GetValue<string>() ?? id;
            if (IsAway || !_containers.TryGetValue(id, out var container))
            {
                return Refusal(HttpStatusCode.NotFound, $"No such container: {id}");
            }

            var details = Describe(id, container);
            Inspecting?.Invoke(RevisionOf(container), details);
            return Json(details.ToJsonString());
        }
    }

    private JsonObject Describe(string id, JsonObject container) => new()
    {
        ["Id"] = id,
        ["Name"] = container["Names"]![0]!.DeepClone(),
        ["Image"] = container["ImageID"]!.DeepClone(),
        ["State"] = new JsonObject
        {
            ["Running"] = container["State"]!.GetValue<string>() == "running",
            ["StartedAt"] = StartTime?.Invoke() ?? $"start {_starts.GetValueOrDefault(id)}",
        },
        ["Config"] = new JsonObject { ["Labels"] = container["Labels"]!.DeepClone() },
        ["HostConfig"] = new JsonObject(),
        ["NetworkSettings"] = new JsonObject
        {
            ["Networks"] = new JsonObject { ["bridge"] = new JsonObject { ["NetworkID"] = "n", ["IPAddress"] = "127.0.0.1" } },
        },
    };

    private HttpResponseMessage Logs()
    {
        if (Log is not { } lines)
        {
            return Refusal(HttpStatusCode.NotImplemented, "configured logging driver does not support reading");
        }

        var text = Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));
        var frame = new byte[8 + text.Length];
        frame[0] = 1;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), text.Length);
        text.CopyTo(frame, 8);
        return ScriptedEngine.Answer(HttpStatusCode.OK, frame);
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
            var id = IdOf(request);
            if (!IsAway && !_containers.ContainsKey(id))
            {
                return Refusal(HttpStatusCode.NotFound, $"No such container: {id}");
            }

            var answer = Json("");
            change(id);
            return answer;
        }
    }

    /// <summary>The revision by our labels, else the container's name, which the old tool made of it.</summary>
    private static string RevisionOf(JsonObject container) =>
        container["Labels"]!["wunderproxy.revision"]?.GetValue<string>() ?? container["Names"]![0]!.GetValue<string>()[1..];

    private static string IdOf(HttpRequestMessage request) => request.RequestUri!.AbsolutePath.Split('/')[3];

    /// <summary>An answer, unless nobody is there.</summary>
    private HttpResponseMessage Json(string body) => IsAway
        ? throw new HttpRequestException("refused")
        : ScriptedEngine.Answer(HttpStatusCode.OK, Encoding.UTF8.GetBytes(body));

    private static HttpResponseMessage Stream(Pipe pipe) =>
        new(HttpStatusCode.OK) { Content = new StreamContent(pipe.Reader.AsStream()) };
}
