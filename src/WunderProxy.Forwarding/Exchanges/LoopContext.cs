using System.Net;
using WunderProxy.Forwarding.Connections;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Exchanges.AccessLogs;
using WunderProxy.Forwarding.Exchanges.Answers;
using WunderProxy.Forwarding.Exchanges.Tracing;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>
/// The objects that belong to one loop: its connections, its counters, and the parts that serve its exchanges. No
/// locks.
/// </summary>
internal sealed class LoopContext
{
    private long _accepted;
    private long _refused;

    public LoopContext(TransportLoop loop, ForwarderSettings settings, ConnectionLimit limit, ExchangeLog log)
    {
        Loop = loop;
        Settings = settings;
        Limit = limit;
        Log = log;
        Clock = new WallClock(loop, settings.Clock);
        Crowd = settings.Crowd is { } crowd ? new Crowd(Connections, crowd, settings.MaxConnections) : null;
        AccessLog = settings.AccessLog is { } writer ? new AccessLog(writer, loop, settings) : null;
        Runner = NewRunner();
    }

    /// <summary>The loop that owns these objects.</summary>
    public TransportLoop Loop { get; }

    /// <summary>The settings that all loops share.</summary>
    public ForwarderSettings Settings { get; }

    /// <summary>The limit of connections over all loops.</summary>
    public ConnectionLimit Limit { get; }

    /// <summary>The log of exchanges, which all loops share.</summary>
    public ExchangeLog Log { get; }

    /// <summary>The wall-clock time of the loop.</summary>
    public WallClock Clock { get; }

    /// <summary>Divides connections among addresses; null if they are not divided.</summary>
    public Crowd? Crowd { get; }

    /// <summary>Serves the exchanges of the loop.</summary>
    public ExchangeRunner Runner { get; }

    /// <summary>The addresses of the clients of the loop.</summary>
    public SharedAddresses Addresses { get; } = new();

    /// <summary>The client connections of the loop.</summary>
    public ConnectionRegistry Connections { get; } = new();

    /// <summary>Counters of requests that were refused before an application was chosen.</summary>
    public TrafficStats Unrouted { get; } = new();

    /// <summary>The access log of the loop; null without an access log.</summary>
    public AccessLog? AccessLog { get; }

    /// <summary>Number of connections accepted since start.</summary>
    public long Accepted => Volatile.Read(ref _accepted);

    /// <summary>Number of accepted connections refused because of the connection limit.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Finds a place for a connection that <see cref="ConnectionLimit.TryEnter"/> has counted.</summary>
    /// <param name="address">Address of the client; null on a unix socket.</param>
    /// <returns>Whether the connection may be served; otherwise it has to be refused.</returns>
    public bool TryWelcome(IPAddress? address)
    {
        _accepted++;
        var isWelcome = Limit.TryServe();
        if (Crowd?.MakeRoom(address, isFull: !isWelcome) == true && !isWelcome)
        {
            Limit.TakePlace();
            isWelcome = true;
        }

        if (!isWelcome)
        {
            _refused++;
        }

        return isWelcome;
    }

    private ExchangeRunner NewRunner()
    {
        var headers = Settings.Peers is { } known ? new FallbackHeaders(known) : null;
        var heads = new RequestHeadWriter(Settings, headers, Crowd, Limit);
        var connector = new EndpointConnector(Loop);
        var recorder = new ExchangeRecorder(Settings.Clock, Clock, Unrouted, AccessLog);
        var forwarder = new Forwarder(Loop, Settings, Limit.Upstream, connector, heads, recorder);
        var fallback = Settings.Peers is { } peers
            ? new PeerFallback(Settings, peers, forwarder, connector, recorder, Log)
            : null;
        var challenges = Settings.Challenges is { } answers ? new ChallengeAnswerer(answers, Loop) : null;
        var tracer = Settings.Traces is { } traces ? new ExchangeTracer(traces) : null;
        return new ExchangeRunner(
            Settings, forwarder, fallback, headers, new ErrorAnswers(Settings, Clock), challenges, tracer, recorder, Log);
    }
}
