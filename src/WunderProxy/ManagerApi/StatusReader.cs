using WunderProxy.Certificates;
using WunderProxy.Configuration;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Forwarding;
using WunderProxy.Forwarding.Applications;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Statistics;
using WunderProxy.Instance;

namespace WunderProxy.ManagerApi;

/// <summary>Collects the present state from memory, without asking engine or store.</summary>
/// <param name="forwarder">The proxy.</param>
/// <param name="application">What the proxy serves.</param>
/// <param name="instance">State of the process.</param>
/// <param name="lifecycle">The containers; null for <c>forward</c>.</param>
/// <param name="traffic">Earlier upstreams; null for <c>forward</c>.</param>
/// <param name="app">Name of the application; empty for <c>forward</c>.</param>
/// <param name="certificates">The certificates of all TLS listeners.</param>
internal sealed class StatusReader(
    ForwarderServer forwarder,
    ProxyApplication application,
    InstanceState instance,
    IContainerLifecycle? lifecycle,
    UpstreamTrafficSwitch? traffic,
    string app,
    IEnumerable<TlsCertificates> certificates)
{
    private readonly TlsCertificates[] _certificates = [.. certificates];

    /// <summary>Reads the state of the certificates that are ordered; null if none are.</summary>
    public Func<CertificateOrdersView>? Certificates { get; init; }

    /// <summary>All listeners of the process.</summary>
    public IReadOnlyList<Listener> Listeners { get; init; } = [];

    /// <summary>Returns the state of both planes at present.</summary>
    public StatusFacts Read()
    {
        var containers = lifecycle?.Snapshot() ?? new LifecycleSnapshot();
        return new StatusFacts(
            forwarder.Snapshot(), application.Snapshot(), containers, [.. traffic?.Previous.Select(PreviousOf) ?? []])
        {
            App = app,
            Version = ProductVersion.Text,
            HeapSize = GC.GetTotalMemory(forceFullCollection: false),
            StartedAt = instance.StartedAt,
            Uptime = instance.Uptime,
            IsLeaving = instance.IsDraining || instance.IsShuttingDown,
            Minutes = MinutesOf(SeriesOfUpstream().Read(SeriesWindow.Hour)),
            LogDropped = instance.LogDropped(),
            InstanceWarnings = instance.Warnings,
            Certificates = Certificates?.Invoke(),
            ChallengeWarning = ChallengePort.WarningOf(Listeners),
            TlsListeners = TlsListenerView.Of(Listeners),
            Tls = [.. _certificates.Select(owner => owner.Snapshot())],
        };
    }

    private static IReadOnlyList<StatusMinute> MinutesOf(IReadOnlyList<TrafficPoint> points) =>
    [
        .. points.Where(point => point.Requests > 0).Select(point => new StatusMinute(point.Start, ClassesOf(point))),
    ];

    private static Dictionary<string, long> ClassesOf(TrafficPoint point)
    {
        long[] counts = [point.Status1xx, point.Status2xx, point.Status3xx, point.Status4xx, point.Status5xx];
        return counts.Index()
            .Where(item => item.Item > 0)
            .ToDictionary(item => $"{item.Index + 1}xx", item => item.Item, StringComparer.Ordinal);
    }

    private TrafficSeries SeriesOfUpstream() => application.Slot.Current is { } upstream
        ? forwarder.Statistics.SeriesOf(upstream)
        : forwarder.Statistics.ServerSeries;

    private static PreviousView PreviousOf(TargetUpstream previous)
    {
        var snapshot = previous.Upstream.Snapshot();
        return new PreviousView(
            SocketAddressText.Format(snapshot.EndPoint),
            previous.Target.Hash.Value,
            previous.Target.Revision,
            snapshot.Since,
            snapshot.Traffic.Requests,
            snapshot.Traffic.GatewayErrors,
            snapshot.Traffic.ResponseTimes,
            snapshot.Traffic.Status.Classes);
    }
}
