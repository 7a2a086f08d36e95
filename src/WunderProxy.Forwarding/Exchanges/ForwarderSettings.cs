using System.Text;
using Microsoft.Extensions.Logging;
using WunderProxy.Forwarding.Applications;
using WunderProxy.Forwarding.Connections;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Exchanges.Bodies;
using WunderProxy.Forwarding.Fallback;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>The options in the form in which exchanges use them; one for all loops.</summary>
internal sealed class ForwarderSettings
{
    private RouteTable _routes;

    public ForwarderSettings(
        ForwarderOptions options, RouteTable routes, TimeProvider clock, AccessLogWriter? accessLog, ILogger logger)
    {
        var limits = options.Limits;
        _routes = routes;
        Clock = clock;
        AccessLog = accessLog;
        AccessLogFormat = options.AccessLogFormat;
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
        Via = options.Via is { } via ? Encoding.ASCII.GetBytes($"1.1 {via}") : null;
        StampSecret = options.ApiStamp is { } stamp ? Encoding.ASCII.GetBytes(stamp.Secret) : null;
        Peers = options.Fallback is { } fallback ? new PeerGroup(fallback, clock, logger) : null;
        Crowd = options.Crowd;
        MaxConnections = options.MaxConnections;
    }

    /// <summary>Which application a request is for; replaced as a whole.</summary>
    public RouteTable Routes
    {
        get => Volatile.Read(ref _routes);
        set => Volatile.Write(ref _routes, value);
    }

    public TimeProvider Clock { get; }

    public AccessLogWriter? AccessLog { get; }

    public AccessLogFormat AccessLogFormat { get; }

    public HeadLimits HeadLimits { get; }

    /// <summary>0 switches a time off; so below.</summary>
    public int HeaderMilliseconds { get; }

    public int BodyMilliseconds { get; }

    public int IdleMilliseconds { get; }

    public int ConnectMilliseconds { get; }

    public TrustedProxies Trust { get; }

    /// <summary>Value of the Via line to add; null for none.</summary>
    public byte[]? Via { get; }

    /// <summary>
    /// Chooses what changes the body of a response, by the heads of request and response; may mark lines of the response so
    /// that they are left out. Null, as its answer, for nothing.
    /// </summary>
    public Func<RequestHead, ResponseHead, BodyFilter?>? ResponseFilter { get; init; }

    /// <summary>The secret of the manager API's front end; null when this is an ordinary forwarder.</summary>
    public byte[]? StampSecret { get; }

    /// <summary>How connections are shared out by address; null when they are not.</summary>
    public CrowdOptions? Crowd { get; }

    /// <summary>Most client connections over all loops; 0: no bound.</summary>
    public int MaxConnections { get; }

    /// <summary>Other instances; null when no key was given.</summary>
    public PeerGroup? Peers { get; }

    /// <summary>Whether the instance is shutting down: every answer carries <c>Connection: close</c>.</summary>
    public bool IsShuttingDown { get; set; }
}
