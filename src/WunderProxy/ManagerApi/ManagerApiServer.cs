using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using WunderProxy.Configuration;
using WunderProxy.Forwarding;
using WunderProxy.Forwarding.Applications;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Upstreams;
using WunderProxy.Instance;
using WunderProxy.ManagerApi.Explanations;
using WunderProxy.ManagerApi.Events;
using WunderProxy.ManagerApi.Page;

namespace WunderProxy.ManagerApi;

/// <summary>
/// The manager API. Its handlers run on an <see cref="HttpListener"/> at a loopback port of its own. On every public
/// address a forwarder stands before them, which applies the proxy's limits and marks each request with its caller and
/// a secret.
/// </summary>
internal sealed class ManagerApiServer : IAsyncDisposable
{
    private const int MaxRequestLineBytes = 8 * 1024;
    private const int MaxRequestHeadBytes = 14 * 1024;

    private static readonly TimeSpan TimeToConnect = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan TimeToLook = TimeSpan.FromMilliseconds(10);

    private static readonly ApiException NotForCallers = new(403, ApiErrorCode.Forbidden, "this port is not for callers");

    private readonly ManagerApiOptions _options;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly TimeProvider _clock;
    private readonly ApiDispatcher _dispatcher;
    private readonly InstanceState _instance;
    private readonly string _name;
    private readonly EventHub? _hub;
    private readonly UpstreamSlot _slot = new();
    private readonly LogThrottle _moves;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<InnerListener, bool> _retiring = new();
    private InnerListener? _inner;
    private int _disposals;
    private ForwarderServer? _front;

    /// <summary>Creates the API; no address is bound before <see cref="Start"/>.</summary>
    public ManagerApiServer(
        ManagerApiOptions options, ApiToken token, ApiServices services, ILoggerFactory loggers, TimeProvider clock)
        : this("manager API", options, token, Routes(services with { HasToken = token.IsConfigured }), services.Instance, loggers, clock, services)
    {
    }

    private ManagerApiServer(
        string name,
        ManagerApiOptions options,
        ApiToken token,
        IReadOnlyList<ApiRoute> routes,
        InstanceState instance,
        ILoggerFactory loggers,
        TimeProvider clock,
        ApiServices? services = null)
    {
        _name = name;
        _options = options;
        _loggers = loggers;
        _logger = loggers.CreateLogger<ManagerApiServer>();
        _clock = clock;
        _moves = new LogThrottle(clock, (count, _) => ManagerApiLog.InnerListenerMovedMore(_logger, count));
        _instance = instance;
        _hub = services?.Hub;
        _dispatcher = new ApiDispatcher(routes, new AccessRules(token, options.Open), _logger, clock, services);
    }

    /// <summary>The port on which the handlers listen; 0 before the start.</summary>
    internal int HandlerPort => _inner?.Port ?? 0;

    /// <summary>
    /// Creates a server for load balancers, which has only <see cref="BalancerRoutes"/> and nothing that needs rights.
    /// </summary>
    public static ManagerApiServer ForBalancers(
        StatusListenerOptions options, ApiServices services, ILoggerFactory loggers, TimeProvider clock)
    {
        var apiOptions = new ManagerApiOptions
        {
            MaxConnections = options.MaxConnections,
            MaxRefusedConnections = options.MaxRefusedConnections,
            InnerStrangers = options.InnerStrangers,
            Limits = options.Limits,
            Transport = options.Transport,
            Tls = options.Tls,
        };
        var routes = BalancerRoutes.Of(services.Status, services.Instance);
        return new ManagerApiServer(
            "status listener", apiOptions, ApiToken.From(apiOptions), routes, services.Instance, loggers, clock);
    }

    /// <summary>Begins to serve the callers of these listeners.</summary>
    /// <param name="listeners">The public listeners of a <see cref="ListenerSet"/>, which owns their sockets.</param>
    public void Start(IReadOnlyList<Listener> listeners)
    {
        _inner = Listen();
        _slot.Switch(_inner.Upstream);

        // A launch answers when the container is healthy, and has its own deadlines.
        var application = new ApplicationOptions { ResponseTimeout = TimeSpan.Zero };
        var routes = new RouteTable(new ProxyApplication(application, _slot));
        _front = new ForwarderServer(FrontOptions(), routes, _loggers, _clock);
        _front.Start(listeners);
        _ = WatchAsync();
        foreach (var listener in listeners)
        {
            ManagerApiLog.Listening(_logger, _name, SocketAddressText.Format(listener.EndPoint));
        }

        if (_options.Open.Count > 0)
        {
            var networks = string.Join(", ", _options.Open);
            ManagerApiLog.OpenToNetworks(_logger, networks);
            _instance.Warnings = [.. _instance.Warnings, $"every caller in {networks} may make changes through the manager API without a token (--api-open)"];
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposals, 1) != 0)
        {
            return;
        }

        if (_hub is not null)
        {
            await _hub.EndAsync();
        }

        await _stopping.CancelAsync();
        if (_front is not null)
        {
            await _front.DisposeAsync();
        }

        _inner?.Dispose();
        _hub?.Dispose();
        _moves.Dispose();
        _dispatcher.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Returns all routes of the API; without a lifecycle, those about containers are missing.</summary>
    internal static IReadOnlyList<ApiRoute> Routes(ApiServices services)
    {
        var (status, instance, control, lifecycle, hub) = services;
        var page = new PageReader(status, lifecycle, () => hub.Recent, TimeProvider.System) { HasToken = services.HasToken };
        List<ApiRoute> routes =
        [
            new("GET", "/", RouteAccess.Read, new PageRoute(page, status).HandleAsync),
            .. BalancerRoutes.Of(status, instance),
            new("GET", "/explain", RouteAccess.Read, new ExplainRoute(new Explainer(status, lifecycle, TimeProvider.System)).HandleAsync) { AnswersText = true },
            new("GET", "/events", RouteAccess.Read, new EventsRoute(hub, [.. services.Views, .. PageView.AllOf(page, TimeProvider.System)]).HandleAsync),
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
                new("POST", DrainEndRoute.Path, RouteAccess.Change, new DrainEndRoute(lifecycle).HandleAsync),
                new("GET", "/history", RouteAccess.Read, new HistoryRoute(lifecycle).HandleAsync),
                new("GET", "/containers", RouteAccess.Read, new ContainersRoute(lifecycle).HandleAsync),
                new("GET", "/diff", RouteAccess.Read, new DiffRoute(lifecycle).HandleAsync) { AnswersText = true },
                new("GET", "/config/*", RouteAccess.Read, new ConfigRoute(lifecycle).HandleAsync),
            ]);
        }

        page.HasDiff = routes.Exists(route => route.Path == "/diff");
        return routes;
    }

    private ForwarderOptions FrontOptions() => new()
    {
        Threads = 1,
        MaxConnections = _options.MaxConnections,
        MaxRefusedConnections = _options.MaxRefusedConnections,
        MaxSplicePipes = 0,
        Crowd = new CrowdOptions(ShareOf(_options.MaxConnections), ShareOf(_options.MaxConnections)),
        Transport = _options.Transport,
        Tls = _options.Tls,
        Limits = FrontLimits(_options.Limits),
        ApiStamp = _inner!.Upstream.Stamp,
    };

    /// <summary>
    /// The proxy's limits, but that HttpListener must take what they let pass: it refuses a head above 24 KiB, of which
    /// the stamp takes some.
    /// </summary>
    private static ForwarderLimits FrontLimits(ForwarderLimits limits) => limits with
    {
        MaxRequestLineBytes = Math.Min(limits.MaxRequestLineBytes, MaxRequestLineBytes),
        MaxRequestHeadBytes = Math.Min(limits.MaxRequestHeadBytes, MaxRequestHeadBytes),
        ConnectTimeout = new ForwarderLimits().ConnectTimeout,
        MaxResponseHeadBytes = new ForwarderLimits().MaxResponseHeadBytes,
    };

    /// <summary>
    /// Returns how many connections one address may have, and how many are reserved for cheap calls and callers with
    /// rights.
    /// </summary>
    private static int ShareOf(int maxConnections) => Math.Max(2, maxConnections / 4);

    private async Task AcceptAsync(InnerListener listener)
    {
        while (await listener.NextAsync() is { } context)
        {
            // Run on another thread: a handler that blocks before its first wait must not keep the next call from being
            // accepted.
            _ = Task.Run(() => AnswerAsync(listener, context), CancellationToken.None);
        }
    }

    private async Task AnswerAsync(InnerListener listener, HttpListenerContext context)
    {
        EventWatcher? stream = null;
        try
        {
            if (listener.IsFromFront(context.Request) && HttpListenerExchange.Read(context.Request) is { } request)
            {
                var answer = await _dispatcher.DispatchAsync(request, _stopping.Token);
                stream = answer.Stream;
                await HttpListenerExchange.WriteAsync(context, answer, _stopping.Token);
            }
            else
            {
                // A stranger's connection is not kept open.
                context.Response.KeepAlive = false;
                var refusal = ApiResponse.OfError(NotForCallers, asText: false);
                await HttpListenerExchange.WriteAsync(context, refusal, _stopping.Token);
            }
        }
        catch (Exception exception)
            when (exception is HttpListenerException or IOException
                or OperationCanceledException or ObjectDisposedException or TimeoutException)
        {
            ManagerApiLog.CallerLeft(_logger, context.Request.RawUrl ?? string.Empty);
            HttpListenerExchange.Abort(context, isStream: stream is not null);
        }
        finally
        {
            stream?.Dispose();
        }
    }

    private InnerListener Listen()
    {
        var listener = InnerListener.Start(_clock);
        _ = AcceptAsync(listener);
        return listener;
    }

    private async Task WatchAsync()
    {
        try
        {
            var watch = new InnerListenerWatch(_clock, _options.InnerStrangers);
            while (true)
            {
                var strangers = await watch.WaitForStrangersAsync(() => HandlerPort, _stopping.Token);
                await MoveAsync(strangers);
            }
        }
        catch (OperationCanceledException)
        {
            // The server has stopped.
        }
    }

    /// <summary>
    /// Moves the handlers to another port; every call sees either the old port or the new one. If no descriptor is
    /// left, the strangers' connections are closed first, and calls that arrive in between get a 502.
    /// </summary>
    private async Task MoveAsync(int strangers)
    {
        var old = _inner!;
        var isUrgent = strangers == InnerListenerWatch.Uncounted;
        if (isUrgent)
        {
            // Retiring listeners still listen for a moment, and would take the descriptors that this one frees.
            foreach (var retiring in _retiring.Keys)
            {
                retiring.StopListening();
            }

            old.StopListening();
        }

        InnerListener? next;
        while ((next = TryListen()) is null)
        {
            if (!isUrgent)
            {
                // No descriptor or port is available at present: the next count tries again.
                return;
            }

            await Task.Delay(TimeToLook, _clock, _stopping.Token);
        }

        _inner = next;
        _slot.Switch(next.Upstream);
        if (_moves.TryPass(null))
        {
            ManagerApiLog.InnerListenerMoved(_logger, old.Port, isUrgent ? "too many" : $"{strangers}", next.Port);
        }

        _retiring[old] = true;
        _ = RetireAsync(old);
    }

    private InnerListener? TryListen()
    {
        try
        {
            return Listen();
        }
        catch (Exception exception) when (exception is HttpListenerException or SocketException)
        {
            return null;
        }
    }

    /// <summary>
    /// Closes a listener that was replaced. Calls that are about to connect get a moment to do so. After that nothing
    /// connects, so that the next program to listen on the old port learns no secret, and the strangers' connections
    /// are closed. Calls in progress continue to their end.
    /// </summary>
    private async Task RetireAsync(InnerListener old)
    {
        try
        {
            var start = _clock.GetTimestamp();
            while (old.Upstream.InFlight > 0 && _clock.GetElapsedTime(start) < TimeToConnect)
            {
                await Task.Delay(TimeToLook, _clock, _stopping.Token);
            }

            await old.Upstream.CloseToNewAsync();
            old.StopListening();
            while (old.Upstream.InFlight > 0)
            {
                await Task.Delay(TimeToConnect, _clock, _stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The server is being disposed of.
        }

        old.Dispose();
        _retiring.TryRemove(old, out _);
    }
}
