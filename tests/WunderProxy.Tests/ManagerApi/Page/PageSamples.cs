using System.Net;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.ManagerApi;
using WunderProxy.ManagerApi.Page;

namespace WunderProxy.Tests.ManagerApi.Page;

/// <summary>Pages as they may be at one moment.</summary>
internal static class PageSamples
{
    public static readonly DateTimeOffset Now = new(2026, 11, 26, 14, 5, 0, TimeSpan.Zero);

    /// <summary>A revision of all that an image tag may be made of, as long as one may be.</summary>
    public static readonly string OddRevision = "_" + string.Concat(Enumerable.Repeat("-.__Az09..--", 11))[..127];

    private static readonly IPEndPoint EndPoint = new(IPAddress.Loopback, 9292);

    /// <summary>A page about a service that has just switched from r41 to r42, drains, and is being deployed to again.</summary>
    /// <param name="rights">What the reader may do.</param>
    /// <param name="quote">A text of others, which stands wherever others may write something.</param>
    /// <param name="revision">The name of all revisions; null for names that differ.</param>
    public static PageModel Busy(PageRights rights = PageRights.Operator, string? quote = null, string? revision = null) =>
        new(Now, PageWindow.FiveMinutes, FactsFor(rights, quote, revision), rights)
        {
            HasToken = true,
            HasContainers = true,
            HasDiff = true,
            Containers = ContainersOf(quote, revision ?? quote),
            Series =
            [
                new(revision ?? quote ?? "r42", IsCurrent: true, PointsOf(48, 60, 310, 0.012)),
                new(revision ?? quote ?? "r41", IsCurrent: false, PointsOf(0, 50, 290, 0.034)),
            ],
            Connections = [.. Enumerable.Range(0, 60).Select(index => new ConnectionPoint(TimeOf(index), 180 + index % 7 * 5, 20 + index % 5))],
            Rates = [.. Enumerable.Range(0, 60).Select(index => (TimeOf(index), 300.0 + index * 37 % 41))],
            Recent = new(312.4, 0.0004, 0.0034, 0.012),
            Marks =
            [
                new(TimeOf(20), Tone.Bad, $"Guard switched back from {ShortName.Of(revision ?? quote ?? "r40")}"),
                new(TimeOf(48), Tone.Busy, $"Switch to {ShortName.Of(revision ?? quote ?? "r42")}"),
            ],
            History = HistoryOf(rights, quote, revision ?? quote),
            Drains = [new(revision ?? quote ?? "r41", "aa11", "holds 3 requests and 2 WebSockets", TimeSpan.FromSeconds(21), TimeSpan.FromSeconds(30))],
        };

    /// <summary>A page about a service of which nobody asks anything.</summary>
    public static PageModel Quiet() => Busy() with
    {
        Facts = FactsFor(PageRights.Operator, null, null) with
        {
            Lifecycle = FactsFor(PageRights.Operator, null, null).Lifecycle with { Operation = null, Guard = null, Warnings = [] },
        },
        Drains = [],
    };

    public static StatusFacts FactsFor(PageRights rights, string? quote, string? revision)
    {
        var facts = Facts(quote, revision ?? quote);
        return rights == PageRights.Stranger ? facts.ForStrangers() : facts;
    }

    private static StatusFacts Facts(string? quote, string? revision)
    {
        var classes = new Dictionary<string, long>(StringComparer.Ordinal) { ["2xx"] = 183_321, ["5xx"] = 12 };
        var codes = new Dictionary<int, long> { [200] = 181_021, [204] = 2_300, [404] = 17, [502] = 12 };
        var traffic = new TrafficSnapshot(
            183_350, 900, new ResponseTimes(0.0034, 0.008, 0.012, 0.034, 0.4), new StatusCounts(classes, codes, []), 31_000_000, 2_400_000_000, 12, 0);
        var upstream = new UpstreamSnapshot(EndPoint, "aa11", TimeOf(48), new InFlightCounts(20, 1, 2), traffic, LastConnectRefused: false);
        var lifecycle = new LifecycleSnapshot
        {
            Current = new TrafficTarget(EndPoint, "c0ffee0123456789", LaunchConfigHash.Of("r42"u8), revision ?? "r42"),
            Since = TimeOf(48),
            Health = "healthy",
            Operation = new("deploy", "8ef7ff52ebd8", Now.AddSeconds(-7), "pulling", new("pulling", quote ?? "pulls the image localhost:5000/shop:r43", 48_300_000, 112_000_000)),
            Guard = new("0123456789abcdef", "aa", revision ?? "r42", "bb", revision ?? "r41", TimeOf(48), Now.AddSeconds(60), GuardState.Watching, quote ?? "") { SecondsLeft = 60 },
            Warnings = [quote ?? "the store has no conditional writes: two deployers at once are told apart by a lease only; use a store that has them"],
            PublicWarnings = ["the store has no conditional writes"],
            Circuits = new(new("closed", Now.AddHours(-30), null), new("open", Now.AddSeconds(-90), Now.AddSeconds(8))),
            StoreState = quote ?? "the store does not answer: connection refused (10.0.0.9:9000)",
        };
        return new StatusFacts(
            new ForwarderSnapshot(traffic, new ConnectionCounts(1, 20, 160, 4), 10_000, 0, 0),
            new ApplicationSnapshot(traffic, upstream, [], IsPaused: false, 0),
            lifecycle,
            [new("127.0.0.1:9291", "bb22", revision ?? "r41", Now.AddHours(-5), 5_300_211, 3, new ResponseTimes(0.004, 0.01, 0.034, 0.1, 1), classes)])
        {
            App = quote ?? "shop",
            Version = "1.2.3",
            HeapSize = 1 << 20,
            Uptime = TimeSpan.FromHours(30),
            IsLeaving = false,
        };
    }

    private static IReadOnlyList<HistoryRow> HistoryOf(PageRights rights, string? quote, string? revision) =>
    [
        .. Enumerable.Range(0, 10).Select(index => new HistoryRow(
            revision ?? $"r{42 - index}", $"{index:x64}", Now.AddHours(-5 * index), rights == PageRights.Stranger ? "" : quote ?? "ada@ci")
        {
            Seconds = 3.2 + index,
            IsCurrent = index == 0,
            Served = TimeSpan.FromHours(5),
            End = index == 0 ? "" : $"replaced by {ShortName.Of(revision ?? $"r{43 - index}")}",
            Way = index == 0 ? HistoryRows.InService : index < 3 ? "kept container: about 1 s" : "new container, pull if the image is gone",
        }),
        .. Enumerable.Range(0, HistoryActs.MaxOthers).Select(index => new HistoryRow(
            revision ?? "r44", $"{index + 10:x64}", Now.AddHours(-50 - index), rights == PageRights.Stranger ? "" : quote ?? "ada@ci")
        {
            Kind = index == 0 ? "rollback" : "",
            Seconds = 60,
            IsEntry = false,
            End = quote ?? "failed: launch_timeout",
        }),
    ];

    private static ContainerView[] ContainersOf(string? quote, string? revision) =>
    [
        new("c0ffee0123456789", revision ?? "shop-r42", "aa", revision ?? "r42", "current", quote ?? "172.18.0.4:9292", "healthy", "localhost:5000/shop:r42", Now),
        new("bead000123456789", revision ?? "shop-r41", "bb", revision ?? "r41", "draining", quote ?? "172.18.0.3:9292", "healthy", "localhost:5000/shop:r41", Now),
        new("ace0000123456789", revision ?? "shop-r40", "cc", revision ?? "r40", "kept", "", "unknown", "localhost:5000/shop:r40", Now),
    ];

    private static DateTimeOffset TimeOf(int index) => Now.AddSeconds((index - 60) * 5);

    private static SeriesPoint[] PointsOf(int from, int to, int rate, double p99) =>
    [
        .. Enumerable.Range(from, to - from).Select(index => new SeriesPoint(
            TimeOf(index), 5, (rate + index * 37 % 41) * 5, index % 11 == 0 ? 2 : 0, p99 / 4, p99 + index % 5 * 0.001)),
    ];
}
