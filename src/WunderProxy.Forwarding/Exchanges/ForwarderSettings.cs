using System.Text;
using Microsoft.Extensions.Logging;
using WunderProxy.Forwarding.Connections;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Exchanges.Answers;
using WunderProxy.Forwarding.Exchanges.Bodies;
using WunderProxy.Forwarding.Fallback;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>The options in the form in which exchanges use them; one for all loops.</summary>
internal sealed class ForwarderSettings
{
    public ForwarderSettings(
        ForwarderOptions options, UpstreamSlot slot, TimeProvider clock, AccessLogWriter? accessLog, ILogger logger)
    {
        var limits = options.Limits;
        Slot = slot;
        Clock = clock;
        AccessLog = accessLog;
        AccessLogFormat = options.AccessLogFormat;
        HeadLimits = new HeadLimits(
            limits.MaxRequestLineBytes,
            limits.MaxRequestHeadBytes,
            limits.MaxHeaderCount,
            limits.MaxResponseHeadBytes,
            HeadLimits.LinesOfResponse(limits.MaxHeaderCount, limits.MaxResponseHeadBytes));
        HeaderMilliseconds = Milliseconds(limits.HeaderTimeout);
        BodyMilliseconds = Milliseconds(limits.BodyTimeout);
        IdleMilliseconds = Milliseconds(limits.IdleTimeout);
        ConnectMilliseconds = Milliseconds(limits.ConnectTimeout);
        ResponseMilliseconds = Milliseconds(limits.ResponseTimeout);
        Trust = new TrustedProxies(options);
        Pages = new ErrorPages(options.ErrorPages);
        Via = options.Via is { } via ? Encoding.ASCII.GetBytes($"1.1 {via}") : null;
        StampSecret = options.ApiStamp is { } stamp ? Encoding.ASCII.GetBytes(stamp.Secret) : null;
        Peers = options.Fallback is { } fallback ? new PeerGroup(fallback, clock, logger) : null;
        Crowd = options.Crowd;
        MaxConnections = options.MaxConnections;
        Gate = new PauseGate(options.PauseQueue, Milliseconds(options.PauseTimeout));
    }

    public UpstreamSlot Slot { get; }

    public TimeProvider Clock { get; }

    public AccessLogWriter? AccessLog { get; }

    public AccessLogFormat AccessLogFormat { get; }

    public HeadLimits HeadLimits { get; }

    /// <summary>0 switches a time off; so below.</summary>
    public int HeaderMilliseconds { get; }

    public int BodyMilliseconds { get; }

    public int IdleMilliseconds { get; }

    public int ConnectMilliseconds { get; }

    public int ResponseMilliseconds { get; }

    public TrustedProxies Trust { get; }

    public ErrorPages Pages { get; }

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

    public PauseGate Gate { get; }

    /// <summary>Whether the instance is shutting down: every answer carries <c>Connection: close</c>.</summary>
    public bool IsShuttingDown { get; set; }

    private static int Milliseconds(TimeSpan time) => (int)Math.Min(int.MaxValue, Math.Ceiling(time.TotalMilliseconds));
}
