using System.Net;
using Microsoft.Extensions.Logging;
using WunderProxy.Forwarding.Applications;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Exchanges;
using WunderProxy.Forwarding.Exchanges.Clients;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Statistics;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Forwarding;

/// <summary>The data plane: accepts clients on its listeners and forwards their requests to the applications of its routes.</summary>
public sealed class ForwarderServer : IAsyncDisposable
{
    private const int HttpsPort = 443;

    private readonly ForwarderOptions _options;
    private readonly ForwarderSettings _settings;
    private readonly ILoggerFactory _loggers;
    private readonly ConnectionLimit _limit;
    private readonly AccessLogWriter? _accessLog;
    private readonly ExchangeLog _log;
    private readonly Lock _gate = new();

    // All that ever were in the table of routes, so that totals never go back; replaced as a whole, under the gate.
    private volatile ProxyApplication[] _applications;
    private IReadOnlyList<Listener> _listeners = [];
    private ITransport? _transport;
    private LoopContext[] _contexts = [];
    private IReadOnlyList<(Listener Listener, ConnectionAcceptor Acceptor)> _acceptors = [];
    private int _disposals;

    /// <summary>Creates a server, which accepts no client before <see cref="Start"/>.</summary>
    /// <param name="options">How the server treats its clients.</param>
    /// <param name="routes">The applications to forward to; none of them is another server's.</param>
    /// <param name="loggers">For what is logged.</param>
    /// <param name="clock">For all times.</param>
    public ForwarderServer(ForwarderOptions options, RouteTable routes, ILoggerFactory loggers, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(routes);
        ArgumentNullException.ThrowIfNull(loggers);
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Threads, TransportLoop.MaxLoops, nameof(options));
        var logger = loggers.CreateLogger("WunderProxy.Forwarding");
        _options = options;
        _loggers = loggers;
        _limit = new ConnectionLimit(options.MaxConnections, options.MaxRefusedConnections);
        _accessLog = options.AccessLog is { } sink ? new AccessLogWriter(sink, logger, clock) : null;
        _applications = [.. routes.Applications];
        _log = new ExchangeLog(logger, clock);
        _settings = new ForwarderSettings(options, routes, clock, _accessLog, logger);
        Statistics = new StatisticsKeeper(clock, new StatisticsSources(() => _applications, UnroutedStats, ReadGauges));
    }

    /// <summary>
    /// Says which application a request is for. Replacing it is one atomic exchange: no request whose head is complete
    /// afterwards goes by the table before. The requests of an application that is no longer in it go on.
    /// </summary>
    public RouteTable Routes
    {
        get => _settings.Routes;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            lock (_gate)
            {
                // Counted before the first request can come.
                _applications = [.. _applications.Union(value.Applications)];
                _settings.Routes = value;
            }
        }
    }

    /// <summary>What happened second by second; read between <see cref="Start"/> and the end of the server.</summary>
    public StatisticsKeeper Statistics { get; }

    /// <summary>The listeners that the server was started with; empty before.</summary>
    public IReadOnlyList<Listener> Listeners => _listeners;

    /// <summary>Begins to serve the clients of these listeners.</summary>
    /// <param name="listeners">Listeners of a <see cref="ListenerSet"/>, which owns their sockets.</param>
    /// <exception cref="TlsException">The engine of TLS is missing, or refuses the policy or a certificate.</exception>
    public void Start(IReadOnlyList<Listener> listeners)
    {
        ArgumentNullException.ThrowIfNull(listeners);
        _transport = TransportFactory.Create(
            _options.Transport, _options.Threads, _loggers, _settings.Clock, _options.MaxSplicePipes);
        _contexts = [.. _transport.Loops.Select(loop => new LoopContext(loop, _settings, _limit, _log))];
        Statistics.Start();
        _settings.Peers?.Budget.Start(() => AllStats().Sum(stats => stats.Requests));
        _listeners = listeners;
        _settings.HttpsPort = HttpsPortOf(listeners);
        _acceptors =
        [
            .. listeners.Select(listener =>
                (listener, new ConnectionAcceptor(_contexts, _limit, listener.Kind == ListenerKind.Redirect))),
        ];
        foreach (var (listener, acceptor) in _acceptors)
        {
            // A test may have set it, to reach an ordinary listener over TLS.
            listener.Tls ??= SpeaksTls(listener) ? _options.Tls : null;
            listener.Accept(_transport, acceptor);
        }
    }

    /// <summary>
    /// Makes every answer from now on carry <c>Connection: close</c>. Idle connections stay open, so that a request
    /// under way is not lost; <see cref="DrainAsync"/> closes them.
    /// </summary>
    public void BeginShutdown() => _settings.IsShuttingDown = true;

    /// <summary>Stops accepting and closes the server's listeners; connections go on.</summary>
    public Task CloseListenersAsync() => Task.WhenAll(_listeners.Select(listener => listener.CloseAsync()));

    /// <summary>
    /// Closes idle client connections, and after a second those whose TLS handshake hangs, waits until all others have
    /// ended, and cuts off at the deadlines those that remain.
    /// </summary>
    /// <param name="exchanges">Time from now for ordinary exchanges to finish.</param>
    /// <param name="upgraded">Time from now for tunnels and event streams to finish.</param>
    /// <param name="cancellationToken">Ends the wait; no further connection is closed.</param>
    /// <exception cref="OperationCanceledException">The drain was cancelled.</exception>
    public Task DrainAsync(TimeSpan exchanges, TimeSpan upgraded, CancellationToken cancellationToken)
    {
        BeginShutdown();
        _settings.IsDraining = true;
        return new ServerDrain(_contexts, _settings, _limit).RunAsync(exchanges, upgraded, cancellationToken);
    }

    /// <summary>Returns a copy of state and counters.</summary>
    public ForwarderSnapshot Snapshot() => new(
        TrafficStats.Sum(AllStats()),
        CountConnections(),
        _contexts.Sum(context => context.Accepted),
        _contexts.Sum(context => context.Refused),
        _accessLog?.Dropped ?? 0)
    {
        Fallback = _settings.Peers?.Snapshot(),
        Buffers = _settings.Buffers?.Snapshot(),
        Listeners = CountListeners(),
    };

    /// <summary>Aborts remaining connections and stops the forwarding threads.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposals, 1) != 0)
        {
            // The loops have ended, so work posted to them would never run.
            return;
        }

        await CloseListenersAsync();
        Statistics.Dispose();
        _settings.Peers?.Dispose();
        if (_transport is not null)
        {
            await ServerDrain.OnEachLoopAsync(_contexts, static context => context.AccessLog?.HandOver());
            await _transport.DisposeAsync();
        }

        _log.Dispose();
        _settings.Buffers?.Dispose();
        if (_accessLog is not null)
        {
            await _accessLog.DisposeAsync();
        }
    }

    /// <summary>
    /// Whether the clients of a listener speak TLS. On the unix sockets of the manager API they do not: such a caller is on
    /// this machine and known by its user.
    /// </summary>
    private static bool SpeaksTls(Listener listener) => listener.Kind switch
    {
        ListenerKind.Tls => true,
        ListenerKind.Api or ListenerKind.Status => listener.EndPoint is IPEndPoint,
        _ => false,
    };

    private static int HttpsPortOf(IReadOnlyList<Listener> listeners)
    {
        var ports = new List<int>();
        foreach (var listener in listeners)
        {
            if (listener is { Kind: ListenerKind.Tls, EndPoint: IPEndPoint endPoint })
            {
                ports.Add(endPoint.Port);
            }
        }

        return ports.Count == 0 || ports.Contains(HttpsPort) ? HttpsPort : ports[0];
    }

    private IEnumerable<TrafficStats> UnroutedStats() => _contexts.Select(context => context.Unrouted);

    private IEnumerable<TrafficStats> AllStats() => UnroutedStats()
        .Concat(_applications.SelectMany(application => application.Parts).Select(part => part.Stats));

    private IReadOnlyList<ListenerCounts> CountListeners() =>
    [
        .. _acceptors
            .GroupBy(pair => pair.Listener.Kind)
            .Select(group => new ListenerCounts(
                group.Key.ToString().ToLowerInvariant(),
                group.Sum(pair => pair.Acceptor.Accepted),
                group.Sum(pair => pair.Acceptor.Refused))),
    ];

    private ServerGauges ReadGauges()
    {
        var connections = CountConnections();
        var buffers = _settings.Buffers?.Snapshot();
        return new ServerGauges(connections, connections.Total, buffers?.Memory ?? 0, buffers?.Disk ?? 0);
    }

    private ConnectionCounts CountConnections()
    {
        var counts = _contexts.Select(context => context.Connections.Counts).ToArray();
        return new ConnectionCounts(
            counts.Sum(part => part.New),
            counts.Sum(part => part.Active),
            counts.Sum(part => part.Idle),
            counts.Sum(part => part.Upgraded));
    }
}
