using System.Net;
using WunderProxy.Certificates;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Transport.Tls;
using WunderProxy.ManagerApi;
using WunderProxy.ManagerApi.Collectors;

namespace WunderProxy.Tests.Metrics;

/// <summary>An instance with all that a metric may describe: TLS, ordered certificates, peers, buffers, a drain, a guard.</summary>
internal static class FullFacts
{
    public static DateTimeOffset Since { get; } = new(2026, 11, 22, 9, 0, 0, TimeSpan.Zero);

    public static StatusFacts Of(string revision = "r42")
    {
        var endPoint = new IPEndPoint(IPAddress.Loopback, 9292);
        var current = new TrafficTarget(endPoint, "c0ffee", LaunchConfigHash.Of("r42"u8), revision);
        var upstream = new UpstreamSnapshot(endPoint, "aa11", Since, new InFlightCounts(3, 2, 1), Snapshot(), false);
        var forwarder = new ForwarderSnapshot(Snapshot(), new ConnectionCounts(1, 2, 3, 4), 10, 1, 2)
        {
            Fallback = new FallbackSnapshot(6, 2, 3, 4, 5, 1, [new PeerSnapshot(IPEndPoint.Parse("10.0.0.2:80"), true)]),
            Buffers = new BufferSnapshot(1, 2, 3, 4, 5),
            Listeners = [new ListenerCounts("proxy", 10, 1)],
        };
        return new StatusFacts(forwarder, new ApplicationSnapshot(Snapshot(), upstream, [], false, 7), Lifecycle(current), [])
        {
            App = "shop",
            Version = "1.2.3",
            HeapSize = 1 << 20,
            StartedAt = Since,
            Uptime = TimeSpan.FromSeconds(61.5),
            IsLeaving = false,
            Tls = [new TlsSnapshot(CertificateUse.Proxy, TlsEngine.OpenSsl, [Certificate], new TlsHandshakeCounters(), [])],
            Certificates = new CertificateOrdersView(
                "https://ca.test/dir", Shared: true, [new("shop.test", Since.AddDays(2), Since.AddDays(1), 2, null)]),
        };
    }

    /// <summary>The counters that only metrics tell of, of one revision beside requests without an upstream.</summary>
    public static TrafficFacts Traffic(string revision = "r42")
    {
        var get = new RequestLabels("GET", 200, "http", "1.1", null);
        var refused = new RequestLabels("_OTHER", 503, "https", string.Empty, "NoUpstream");
        var served = Counters(new RequestDuration(get, Durations(3, 1)));
        return new TrafficFacts(
            Counters(),
            Counters(new RequestDuration(refused, Durations(1, 0))),
            [new ActiveRequests("GET", "http", 2)],
            [new RevisionCounters(revision, served.Durations, served.UpstreamHead, served.UpstreamEnd) { Connections = new(2, 5) }])
        {
            Lifecycle = Counts,
            Epoch = 7,
            Volumes = [new VolumeSpace("state", 1 << 30)],
        };
    }

    public static TrafficCounters Counters(params RequestDuration[] durations) => new()
    {
        Durations = new RequestDurations(durations),
        ConnectFailures = Enum.GetValues<ConnectFailure>().ToDictionary(reason => reason, _ => 1L),
        Retries = 2,
        StaleConnections = 3,
        RequestBodies = new BucketHistogram([1024], [5, 6], 7000),
        ResponseBodies = new BucketHistogram([1024], [7, 8], 9000),
        UpstreamHead = Durations(4, 0),
        UpstreamEnd = Durations(3, 1),
        Overhead = new BucketHistogram([0.0001, 0.001], [8, 1, 0], 0.0006),
        QueueWait = Durations(0, 1),
    };

    public static BucketHistogram Durations(long fast, long slow) => new([0.005, 1], [fast, 0, slow], (fast * 0.001) + (slow * 2));

    /// <summary>What the control plane did, one of each kind.</summary>
    public static LifecycleCounts Counts { get; } = new()
    {
        EngineCalls = [Took("container_inspect", "ok"), Took("image_pull", "not_found")],
        StoreCalls = [Took("get", "ok"), Took("put", "denied")],
        Launches = [Took("pulling", "ok"), Took("total", "ok")],
        Drains = [Took("ended", "")],
        Probes = [Took("r42", "ok"), Took("r42", "status_5xx")],
        Switches = [new EventCount("deploy", "switched", 3), new EventCount("guard", "switched", 1)],
        GuardRollbacks = [new EventCount("errors", "", 1)],
        CutOff = [new EventCount("exchange", "", 0), new EventCount("upgraded", "", 4)],
        PendingWrites = 2,
        ImagesBytes = 1 << 20,
    };

    private static DurationCounts Took(string kind, string result) => new(kind, result, [0.1, 1], [4, 2, 0], 1.25);

    private static CertificateView Certificate { get; } =
        new("proxy", ["a.test"], Since, Since.AddDays(30), 30) { State = "valid", Source = "file" };

    private static LifecycleSnapshot Lifecycle(TrafficTarget current) => new()
    {
        Current = current,
        Intended = current,
        Since = Since,
        Health = "healthy",
        Guard = new GuardView("1", "2", current.Revision, "3", "r41", Since, Since, GuardState.Watching, ""),
        Draining = [new DrainView("3", "r41", "c0", 2, Since)],
        Releases =
        [
            new ReleaseView("3", "r41", "sha256:41", "draining"),
            new ReleaseView(current.Hash.Value, current.Revision, "sha256:42", "current"),
        ],
        Operation = new OperationView("deploy", "r43", Since, "pulling", null),
    };

    private static TrafficSnapshot Snapshot() => new(
        Requests: 12,
        TotalSeconds: 1.5,
        new ResponseTimes(0.1, 0.2, 0.3, 0.4, 0.5),
        new StatusCounts(
            new Dictionary<string, long>(StringComparer.Ordinal) { ["2xx"] = 11, ["5xx"] = 1 },
            new Dictionary<int, long> { [200] = 11, [502] = 1 },
            []),
        BytesIn: 100,
        BytesOut: 2000,
        GatewayErrors: 1,
        Aborted: 0);
}
