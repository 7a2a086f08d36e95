using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using WunderProxy.Forwarding.Applications;
using WunderProxy.Forwarding.Buffering;
using WunderProxy.Forwarding.Connections;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Exchanges.Bodies;
using WunderProxy.Forwarding.Fallback;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>The options in the form in which exchanges use them; shared by all loops.</summary>
internal sealed class ForwarderSettings
{
    private readonly IPNetwork[] _announcers;
    private RouteTable _routes;

    public ForwarderSettings(
        ForwarderOptions options, RouteTable routes, TimeProvider clock, AccessLogWriter? accessLog, ILogger logger)
    {
        var limits = options.Limits;
        _routes = routes;
        Clock = clock;
        AccessLog = accessLog;
        AccessLogFormat = options.AccessLogFormat;
        AccessLogSample = options.AccessLogSample;
        HeadLimits = new HeadLimits(
            limits.MaxRequestLineBytes,
            limits.MaxRequestHeadBytes,
            limits.MaxHeaderCount,
            limits.MaxResponseHeadBytes,
            HeadLimits.LinesOfResponse(limits.MaxHeaderCount, limits.MaxResponseHeadBytes));
        HeaderMilliseconds = LoopMilliseconds.Of(limits.HeaderTimeout);
        BodyMilliseconds = LoopMilliseconds.Of(limits.BodyTimeout);
        IdleMilliseconds = LoopMilliseconds.Of(limits.IdleTimeout);
        ConnectMilliseconds = LoopMilliseconds.Of(limits.ConnectTimeout);
        Trust = new TrustedProxies(options);
        _announcers = [.. options.ProxyProtocolNetworks];
        Via = options.Via is { } via ? Encoding.ASCII.GetBytes($"1.1 {via}") : null;
        StampSecret = options.ApiStamp is { } stamp ? Encoding.ASCII.GetBytes(stamp.Secret) : null;
        Peers = options.Fallback is { } fallback ? new PeerGroup(fallback, clock, logger) : null;
        Crowd = options.Crowd;
        Traces = options.Traces;
        MaxConnections = options.MaxConnections;
        Challenges = options.Challenges;
        Buffers = options.Buffers is { } buffers ? BufferStore.Open(buffers, logger, clock) : null;
    }

    /// <summary>The port to which requests in plain text are redirected.</summary>
    public int HttpsPort { get; set; } = 443;

    /// <summary>The table that says which application a request is for; replaced as a whole.</summary>
    public RouteTable Routes
    {
        get => Volatile.Read(ref _routes);
        set => Volatile.Write(ref _routes, value);
    }

    public TimeProvider Clock { get; }

    public AccessLogWriter? AccessLog { get; }

    public AccessLogFormat AccessLogFormat { get; }

    /// <summary>The share of exchanges that went well that get an access-log line, 0 to 1.</summary>
    public double AccessLogSample { get; }

    public HeadLimits HeadLimits { get; }

    /// <summary>Longest time for a request head, in milliseconds; 0 means no limit, as in the members below.</summary>
    public int HeaderMilliseconds { get; }

    public int BodyMilliseconds { get; }

    public int IdleMilliseconds { get; }

    public int ConnectMilliseconds { get; }

    public TrustedProxies Trust { get; }

    /// <summary>Whether connections from this address begin with a header of the PROXY protocol.</summary>
    /// <param name="remote">Address of the remote end, not mapped into IPv6; null on a unix socket.</param>
    public bool ExpectsProxyHeader(IPAddress? remote) =>
        _announcers.Length > 0 && remote is not null && Array.Exists(_announcers, network => network.Contains(remote));

    /// <summary>Value of the Via line to add; null for none.</summary>
    public byte[]? Via { get; }

    /// <summary>
    /// Chooses the filter for the body of a response, given the heads of request and response; may mark lines of the
    /// response to be left out. Null, as a member or a result, for no filter.
    /// </summary>
    public Func<RequestHead, ResponseHead, BodyFilter?>? ResponseFilter { get; init; }

    /// <summary>The secret of the manager API's front end as ASCII; null in an ordinary forwarder.</summary>
    public byte[]? StampSecret { get; }

    /// <summary>How connections are divided among addresses; null if they are not.</summary>
    public CrowdOptions? Crowd { get; }

    /// <summary>Which requests get a span; null for none.</summary>
    public SpanOptions? Traces { get; }

    /// <summary>Most client connections over all loops; 0 means no limit.</summary>
    public int MaxConnections { get; }

    /// <summary>The answers to a certificate authority's requests; null if no certificates are ordered.</summary>
    public IChallengeAnswers? Challenges { get; }

    /// <summary>Holds what clients do not take in time; null if nothing is buffered.</summary>
    public BufferStore? Buffers { get; init; }

    /// <summary>The peers; null without a peer key.</summary>
    public PeerGroup? Peers { get; }

    /// <summary>Whether the instance is shutting down, so that every answer carries <c>Connection: close</c>.</summary>
    public bool IsShuttingDown { get; set; }

    /// <summary>Whether connections on which no request has begun are being closed.</summary>
    public bool IsDraining { get; set; }
}
