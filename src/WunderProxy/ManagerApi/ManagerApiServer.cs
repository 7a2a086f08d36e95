using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using WunderProxy.Configuration;
using WunderProxy.Forwarding;
using WunderProxy.Forwarding.Upstreams;
using WunderProxy.Hosting;

namespace WunderProxy.ManagerApi;

/// <summary>
/// The manager API: handlers on <see cref="HttpListener"/> at a loopback port of its own, and before it, on every
/// public address, a forwarder that applies the proxy's limits and stamps each request with its peer and a secret.
/// </summary>
internal sealed class ManagerApiServer : IAsyncDisposable
{
    private const int PortAttempts = 20;

    private static readonly ApiException NotForCallers = new(403, ApiErrorCode.Forbidden, "this port is not for callers");

    private readonly ManagerApiOptions _options;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly TimeProvider _clock;
    private readonly ApiDispatcher _dispatcher;
    private readonly InstanceState _instance;
    private readonly string _secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
    private readonly CancellationTokenSource _stopping = new();
    private HttpListener? _listener;
    private ForwarderServer? _front;

    /// <summary>Makes the API; nothing is bound until <see cref="Start"/>.</summary>
    public ManagerApiServer(
        ManagerApiOptions options, ApiToken token, ApiServices services, ILoggerFactory loggers, TimeProvider clock)
    {
        _options = options;
        _loggers = loggers;
        _logger = loggers.CreateLogger<ManagerApiServer>();
        _clock = clock;
        _instance = services.Instance;
        _dispatcher = new ApiDispatcher(Routes(services), new AccessRules(token, options.Open), _logger, clock);
    }

    /// <summary>Port that the handlers listen on; 0 before the start.</summary>
    internal int HandlerPort { get; private set; }

    /// <summary>Binds and serves.</summary>
    /// <returns>The public addresses, with real ports.</returns>
    /// <exception cref="ListenException">A public address cannot be bound.</exception>
    public IReadOnlyList<EndPoint> Start()
    {
        _listener = ListenOnFreePort();
        _ = AcceptAsync(_listener);
        var handlers = new Upstream(new IPEndPoint(IPAddress.Loopback, HandlerPort), "manager-api", _clock);
        var slot = new UpstreamSlot();
        slot.Switch(handlers);
        _front = new ForwarderServer(FrontOptions(), slot, _loggers, _clock);
        var bound = _front.Start();
        foreach (var endPoint in bound)
        {
            ManagerApiLog.Listening(_logger, SocketAddressText.Format(endPoint));
        }

        if (_options.Open.Count > 0)
        {
            var networks = string.Join(", ", _options.Open);
            ManagerApiLog.OpenToNetworks(_logger, networks);
            _instance.Warnings = [.. _instance.Warnings, $"anybody in {networks} may deploy through the manager API (--api-open)"];
        }

        return bound;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        await _stopping.CancelAsync();
        if (_front is not null)
        {
            await _front.DisposeAsync();
        }

        _listener?.Close();
        _dispatcher.Dispose();
        _stopping.Dispose();
    }

    /// <summary>The whole API; calls that need containers are missing where there are none.</summary>
    internal static IReadOnlyList<ApiRoute> Routes(ApiServices services)
    {
        var (status, instance, control, lifecycle) = services;
        List<ApiRoute> routes =
        [
            new("GET", "/", RouteAccess.Read, new StatusPageRoute(status, lifecycle).HandleAsync),
            new("GET", "/status", RouteAccess.Read, new StatusRoute(status, instance).HandleAsync),
            new("GET", "/livez", RouteAccess.Read, LivezRoute.HandleAsync),
            new("GET", "/metrics", RouteAccess.Read, new MetricsRoute(status).HandleAsync),
            new("POST", "/pause", RouteAccess.Change, new PauseRoute(control).HandleAsync),
            new("POST", "/resume", RouteAccess.Change, new ResumeRoute(control).HandleAsync),
            new("POST", "/drain", RouteAccess.Change, new DrainRoute(control).HandleAsync),
            new("POST", "/undrain", RouteAccess.Change, new UndrainRoute(control).HandleAsync),
        ];
        if (lifecycle is not null)
        {
            routes.AddRange(
            [
                new("POST", "/launch", RouteAccess.Change, new LaunchRoute(lifecycle).HandleAsync)
                {
                    AnswersText = true,
                },
                new("POST", "/switch", RouteAccess.Change, new SwitchRoute(lifecycle).HandleAsync)
                {
                    AnswersText = true,
                },
                new("POST", "/deploy", RouteAccess.Change, new DeployRoute(lifecycle).HandleAsync),
                new("POST", "/rollback", RouteAccess.Change, new RollbackRoute(lifecycle).HandleAsync),
                new("GET", "/history", RouteAccess.Read, new HistoryRoute(lifecycle).HandleAsync),
                new("GET", "/containers", RouteAccess.Read, new ContainersRoute(lifecycle).HandleAsync),
                new("GET", "/config/*", RouteAccess.Read, new ConfigRoute(lifecycle).HandleAsync),
            ]);
        }

        return routes;
    }

    private ForwarderOptions FrontOptions() => new()
    {
        EndPoints = _options.EndPoints,
        UnixSocketMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        Threads = 1,
        MaxConnections = _options.MaxConnections,
        MaxRefusedConnections = _options.MaxRefusedConnections,
        MaxSplicePipes = 0,
        Crowd = new CrowdOptions(ShareOf(_options.MaxConnections), ShareOf(_options.MaxConnections)),
        // A launch answers when the container is healthy, and has its own deadlines.
        Limits = new ForwarderLimits { ResponseTimeout = TimeSpan.Zero },
        ApiStamp = new RequestStamp(_secret),
    };

    /// <summary>What one address may hold, and what is kept for calls that cost nothing and for callers with rights.</summary>
    private static int ShareOf(int maxConnections) => Math.Max(2, maxConnections / 4);

    /// <summary>HttpListener takes no port 0: a free one is looked up, and another when somebody was faster.</summary>
    private HttpListener ListenOnFreePort()
    {
        for (var attempt = 1; ; attempt++)
        {
            HandlerPort = FreePort();
            var listener = new HttpListener { IgnoreWriteExceptions = true };
            listener.Prefixes.Add($"http://127.0.0.1:{HandlerPort}/");
            try
            {
                listener.Start();
                return listener;
            }
            catch (HttpListenerException) when (attempt < PortAttempts)
            {
                listener.Close();
            }
        }
    }

    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    private async Task AcceptAsync(HttpListener listener)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var context = await listener.GetContextAsync();

                // Elsewhere: a handler that blocks before its first wait must not stop the next call from being accepted.
                _ = Task.Run(() => AnswerAsync(context), CancellationToken.None);
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                if (_stopping.IsCancellationRequested || !listener.IsListening)
                {
                    return;
                }
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            var answer = IsFromFront(context.Request) && HttpListenerExchange.Read(context.Request) is { } request
                ? await _dispatcher.DispatchAsync(request, _stopping.Token)
                : ApiResponse.OfError(NotForCallers, asText: false);
            await HttpListenerExchange.WriteAsync(context, answer, _stopping.Token);
        }
        catch (Exception exception)
            when (exception is HttpListenerException or IOException
                or OperationCanceledException or ObjectDisposedException or TimeoutException)
        {
            ManagerApiLog.CallerLeft(_logger, context.Request.RawUrl ?? string.Empty);
            context.Response.Abort();
        }
    }

    private bool IsFromFront(HttpListenerRequest request) =>
        CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(HttpListenerExchange.SecretOf(request)), Encoding.ASCII.GetBytes(_secret));
}
