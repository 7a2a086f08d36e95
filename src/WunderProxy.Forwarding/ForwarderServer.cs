using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Exchanges;
using WunderProxy.Forwarding.Exchanges.Clients;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding;

/// <summary>The data plane: accepts clients on its addresses and forwards their requests to whatever the slot holds.</summary>
public sealed class ForwarderServer : IAsyncDisposable
{
    private readonly ForwarderOptions _options;
    private readonly ForwarderSettings _settings;
    private readonly ILoggerFactory _loggers;
    private readonly ConnectionLimit _limit;
    private readonly AccessLogWriter? _accessLog;
    private readonly ExchangeLog _log;
    private readonly List<ITransportListener> _listeners = [];
    private ITransport? _transport;
    private LoopContext[] _contexts = [];
    private int _disposals;

    /// <summary>Makes a server; nothing is bound until <see cref="Start"/>.</summary>
    /// <exception cref="IOException">The directory of error pages cannot be read.</exception>
    public ForwarderServer(ForwarderOptions options, UpstreamSlot slot, ILoggerFactory loggers, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(slot);
        ArgumentNullException.ThrowIfNull(loggers);
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Threads, Upstream.MaxLoops, nameof(options));
        var logger = loggers.CreateLogger("WunderProxy.Forwarding");
        _options = options;
        _loggers = loggers;
        _limit = new ConnectionLimit(options.MaxConnections, options.MaxRefusedConnections);
        _accessLog = options.AccessLog is { } sink ? new AccessLogWriter(sink, logger) : null;
        _log = new ExchangeLog(logger, clock);
        _settings = new ForwarderSettings(options, slot, clock, _accessLog, logger);
    }

    /// <summary>
    /// The file names that <see cref="ForwarderOptions.ErrorPages"/> may use, such as <c>502.html</c> and <c>502.json</c>: one
    /// of each form for every status that the proxy itself answers with.
    /// </summary>
    public static IReadOnlyList<string> ErrorPageNames { get; } = [.. Exchanges.Answers.ErrorPages.Names];

    /// <summary>Whether new requests wait.</summary>
    public bool IsPaused => _settings.Gate.IsPaused;

    /// <summary>Binds all addresses and serves.</summary>
    /// <returns>The bound addresses, with real ports.</returns>
    /// <exception cref="ListenException">An address cannot be bound; nothing is left bound.</exception>
    public IReadOnlyList<EndPoint> Start()
    {
        var sockets = BindAll();
        _transport = TransportFactory.Create(
            _options.Transport, _options.Threads, _loggers, _settings.Clock, _options.MaxSplicePipes);
        _contexts = [.. _transport.Loops.Select(loop => new LoopContext(loop, _settings, _limit, _log))];
        _settings.Peers?.Budget.Start(() => _contexts.Sum(context => context.Stats.Requests));
        var acceptor = new ConnectionAcceptor(_contexts, _limit);
        _listeners.AddRange(sockets.Select(socket => _transport.Listen(socket, acceptor)));
        return [.. _listeners.Select(listener => listener.EndPoint)];
    }

    /// <summary>
    /// From now on every answer carries <c>Connection: close</c>. Idle connections stay, so that no request is lost
    /// that is on its way; <see cref="DrainAsync"/> closes them.
    /// </summary>
    public void BeginShutdown() => _settings.IsShuttingDown = true;

    /// <summary>Stops to accept; connections go on.</summary>
    public void CloseListeners()
    {
        _listeners.ForEach(listener => listener.Dispose());
        _listeners.Clear();
    }

    /// <summary>Closes idle client connections, waits until all others have ended, and cuts off what is left at the deadlines.</summary>
    /// <param name="exchanges">From now, for ordinary exchanges.</param>
    /// <param name="upgraded">From now, for tunnels and event streams.</param>
    /// <param name="cancellationToken">Ends the wait; closes nothing more.</param>
    /// <exception cref="OperationCanceledException">The drain was cancelled.</exception>
    public Task DrainAsync(TimeSpan exchanges, TimeSpan upgraded, CancellationToken cancellationToken)
    {
        BeginShutdown();
        return new ServerDrain(_contexts, _settings, _limit).RunAsync(exchanges, upgraded, cancellationToken);
    }

    /// <summary>New requests wait until <see cref="Resume"/>, in a bounded queue and time; past them 503 with <c>Retry-After</c>.</summary>
    public void Pause() => _settings.Gate.IsPaused = true;

    /// <summary>Requests that wait go on.</summary>
    public void Resume()
    {
        _settings.Gate.IsPaused = false;
        foreach (var context in _contexts)
        {
            context.Loop.Post(static state => ((LoopContext)state!).Paused.Resume(), context);
        }
    }

    /// <summary>Takes a copy of the state.</summary>
    public ForwarderSnapshot Snapshot()
    {
        var minute = _settings.Clock.GetUtcNow().ToUnixTimeSeconds() / 60;
        return new ForwarderSnapshot(
            TrafficStats.Sum(_contexts.Select(context => context.Stats), minute),
            _settings.Slot.Current?.Snapshot(),
            [.. _settings.Slot.Draining.Select(upstream => upstream.Snapshot())],
            CountConnections(),
            _contexts.Sum(context => context.Accepted),
            _contexts.Sum(context => context.Refused),
            IsPaused,
            _settings.Gate.Waiting,
            _accessLog?.Dropped ?? 0)
        {
            Fallback = _settings.Peers?.Snapshot(),
        };
    }

    /// <summary>Aborts what is left and stops the forwarding threads.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposals, 1) != 0)
        {
            // The loops have ended: nothing posted to them would ever run.
            return;
        }

        CloseListeners();
        _settings.Peers?.Dispose();
        if (_transport is not null)
        {
            await ServerDrain.OnEachLoopAsync(_contexts, static context => context.AccessLog?.HandOver());
            await _transport.DisposeAsync();
        }

        _log.Dispose();
        if (_accessLog is not null)
        {
            await _accessLog.DisposeAsync();
        }
    }

    private List<Socket> BindAll()
    {
        var sockets = new List<Socket>(_options.ListeningSockets);
        var taken = sockets.Count;
        try
        {
            foreach (var endPoint in _options.EndPoints)
            {
                sockets.AddRange(ListenGroups.Bind(endPoint, _options.UnixSocketMode));
            }

            return sockets;
        }
        catch (ListenException)
        {
            sockets.Skip(taken).ToList().ForEach(socket => socket.Dispose());
            throw;
        }
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
