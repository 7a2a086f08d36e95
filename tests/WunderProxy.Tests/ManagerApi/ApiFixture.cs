using System.Text;
using Microsoft.Extensions.Logging;
using WunderProxy.Configuration;
using WunderProxy.Forwarding;
using WunderProxy.Forwarding.Applications;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Upstreams;
using WunderProxy.Hosting;
using WunderProxy.Instance;
using WunderProxy.ManagerApi;
using WunderProxy.ManagerApi.Events;

namespace WunderProxy.Tests.ManagerApi;

/// <summary>The whole API over a scripted control plane and a forwarder that listens nowhere.</summary>
internal sealed class ApiFixture : IAsyncDisposable
{
    private readonly LoggerFactory _loggers = new();
    private readonly ForwarderServer _forwarder;

    public ApiFixture(bool hasLifecycle = true, string? token = null, TimeProvider? clock = null)
    {
        _loggers.AddProvider(new LineLoggerProvider(Log, TimeProvider.System));
        Traffic = new UpstreamTrafficSwitch(Slot, TimeProvider.System);
        Instance = new InstanceState(TimeProvider.System);
        var application = new ProxyApplication(new ApplicationOptions(), Slot);
        _forwarder = new ForwarderServer(
            new ForwarderOptions { Transport = TransportKind.Sockets, Threads = 1 },
            new RouteTable(application),
            _loggers,
            TimeProvider.System);
        var lifecycle = hasLifecycle ? Lifecycle : null;
        Status = new StatusReader(_forwarder, application, Instance, lifecycle, hasLifecycle ? Traffic : null, "shop", []);
        Hub = new EventHub(Status.Read, clock ?? TimeProvider.System, _loggers.CreateLogger("hub"));
        lifecycle?.ListenTo(Hub);
        Services = new ApiServices(
            Status, Instance, new InstanceControl(application, Instance, lifecycle, Status, Hub), lifecycle, Hub);
        var access = new AccessRules(ApiToken.From(new ManagerApiOptions { Token = token }), []);
        Dispatcher = new ApiDispatcher(ManagerApiServer.Routes(Services), access, _loggers.CreateLogger("api"), TimeProvider.System, Services);
    }

    public ScriptedLifecycle Lifecycle { get; } = new();

    public UpstreamSlot Slot { get; } = new();

    public UpstreamTrafficSwitch Traffic { get; }

    public InstanceState Instance { get; }

    public StatusReader Status { get; }

    public EventHub Hub { get; }

    public ApiServices Services { get; }

    public ApiDispatcher Dispatcher { get; }

    private StringWriter Log { get; } = new();

    /// <summary>Ends the log and returns what was written.</summary>
    public string EndLog()
    {
        Dispatcher.Dispose();
        _loggers.Dispose();
        return Log.ToString();
    }

    public Task<ApiResponse> DispatchAsync(ApiRequest request) => Dispatcher.DispatchAsync(request, CancellationToken.None);

    /// <summary>Calls as somebody on the unix socket, who may do everything while no token is configured.</summary>
    public Task<ApiResponse> CallAsync(string call, string body = "", string accept = "", string authorization = "")
    {
        var (method, target) = (call.Split(' ')[0], call.Split(' ')[1]);
        var (path, query) = (target.Split('?')[0], target.Contains('?') ? target.Split('?')[1] : "");
        var headers = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Accept"] = accept,
            ["Authorization"] = authorization,
        };
        return Dispatcher.DispatchAsync(
            new ApiRequest
            {
                Method = method,
                Path = path,
                Query = query.Split('&', StringSplitOptions.RemoveEmptyEntries)
                    .ToDictionary(pair => pair.Split('=')[0], pair => pair.Split('=')[1], StringComparer.Ordinal),
                Caller = new ApiCaller(null, UserId: 0),
                Host = "anything",
                Header = name => headers.GetValueOrDefault(name) is { Length: > 0 } value ? value : null,
                Body = new MemoryStream(Encoding.UTF8.GetBytes(body)),
            },
            CancellationToken.None);
    }

    public static string TextOf(ApiResponse response) => Encoding.UTF8.GetString(response.Body.Span);

    public async ValueTask DisposeAsync()
    {
        Dispatcher.Dispose();
        await _forwarder.DisposeAsync();
        _loggers.Dispose();
        await Log.DisposeAsync();
    }
}
