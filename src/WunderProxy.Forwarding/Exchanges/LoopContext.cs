using WunderProxy.Forwarding.Connections;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Exchanges.Clients;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>What one loop has of its own: its connections, its counters, its exchanges to use again. No locks.</summary>
internal sealed class LoopContext
{
    private const int MaxKeptExchanges = 1024;

    private readonly Stack<Exchange> _kept = new();
    private readonly List<Exchange> _paused = [];
    private readonly DateText _date = new();
    private readonly WallClock _wallClock;
    private long _accepted;
    private long _refused;

    public LoopContext(TransportLoop loop, ForwarderSettings settings, ConnectionLimit limit)
    {
        Loop = loop;
        Settings = settings;
        Limit = limit;
        Connector = new EndpointConnector(loop);
        Forwarder = new Forwarder(this);
        Fallback = settings.Peers is { } peers ? new PeerFallback(this, peers) : null;
        _wallClock = new WallClock(loop, settings.Clock);
        Crowd = settings.Crowd is { } crowd ? new Crowd(Connections, crowd, settings.MaxConnections) : null;
        AccessLog = settings.AccessLog is { } writer ? new AccessLog(writer, loop, settings.AccessLogFormat) : null;
    }

    /// <summary>The loop.</summary>
    public TransportLoop Loop { get; }

    /// <summary>What all loops share.</summary>
    public ForwarderSettings Settings { get; }

    /// <summary>How many connections there may be, over all loops.</summary>
    public ConnectionLimit Limit { get; }

    /// <summary>Connects to endpoints.</summary>
    public EndpointConnector Connector { get; }

    /// <summary>Shares connections out by address; null when they are not.</summary>
    public Crowd? Crowd { get; }

    /// <summary>Forwards exchanges.</summary>
    public Forwarder Forwarder { get; }

    /// <summary>Sends exchanges to other instances; null when no key was given.</summary>
    public PeerFallback? Fallback { get; }

    /// <summary>The client connections.</summary>
    public ConnectionRegistry Connections { get; } = new();

    /// <summary>What was served since start, over all upstreams and without one.</summary>
    public TrafficStats Stats { get; } = new();

    /// <summary>Access-log lines; null when none are wanted.</summary>
    public AccessLog? AccessLog { get; }

    /// <summary>Connections accepted since start.</summary>
    public long Accepted => Volatile.Read(ref _accepted);

    /// <summary>Of these, those that were too many.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Wall-clock time in milliseconds since 1970, as old as the loop's. On the loop.</summary>
    public long UnixMilliseconds => _wallClock.UnixMilliseconds;

    /// <summary>That time as the value of a Date line; valid until the next call.</summary>
    public ReadOnlySpan<byte> Date => _date.At(UnixMilliseconds);

    /// <summary>Serves a connection that <see cref="ConnectionLimit.TryEnter"/> has counted.</summary>
    public void OnAccepted(TransportConnection connection)
    {
        _accepted++;
        var isWelcome = Limit.TryServe();
        if (Crowd?.MakeRoom(DownstreamConnection.AddressOf(connection.RemoteEndPoint), isFull: !isWelcome) == true
            && !isWelcome)
        {
            Limit.TakePlace();
            isWelcome = true;
        }

        if (!isWelcome)
        {
            _refused++;
        }

        var client = new DownstreamConnection(this, connection, isWelcome);
        Connections.Add(client);
        _ = client.RunAsync();
    }

    /// <summary>An exchange to use.</summary>
    public Exchange Rent() => _kept.TryPop(out var exchange) ? exchange : new Exchange(this);

    /// <summary>Takes an exchange back.</summary>
    public void Return(Exchange exchange)
    {
        exchange.Reset();
        if (_kept.Count < MaxKeptExchanges)
        {
            _kept.Push(exchange);
        }
    }

    /// <summary>Adds an exchange to those that go on when the pause ends.</summary>
    public void AddPaused(Exchange exchange) => _paused.Add(exchange);

    /// <summary>Removes it; it goes on.</summary>
    public void RemovePaused(Exchange exchange) => _paused.Remove(exchange);

    /// <summary>The pause has ended.</summary>
    public void ResumePaused()
    {
        foreach (var exchange in _paused.ToArray())
        {
            exchange.PauseEnded.Set();
        }
    }
}
