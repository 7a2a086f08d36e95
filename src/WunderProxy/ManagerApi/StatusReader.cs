using WunderProxy.Certificates;
using WunderProxy.Configuration;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Forwarding;
using WunderProxy.Forwarding.Applications;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Statistics;
using WunderProxy.Forwarding.Upstreams;
using WunderProxy.Instance;
using WunderProxy.ManagerApi.Collectors;
using WunderProxy.ManagerApi.Explanations;
using WunderProxy.ManagerApi.Page;
using WunderProxy.ManagerApi.Traffic;

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
    private readonly RevisionTable _revisions = new();
    private readonly LabelBound _labels = new();
    private readonly TlsCertificates[] _certificates = [.. certificates];
    private readonly TrafficReader _traffic = new(forwarder.Statistics, application, traffic);

    /// <summary>Reads the state of the certificates that are ordered; null if none are.</summary>
    public Func<CertificateOrdersView>? Certificates { get; init; }

    /// <summary>Folders that the process writes to, by what they are for; metrics tell the free space there.</summary>
    public IReadOnlyDictionary<string, string> Folders { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>All listeners of the process.</summary>
    public IReadOnlyList<Listener> Listeners { get; init; } = [];

    /// <summary>Returns the state of both planes at present.</summary>
    public StatusFacts Read()
    {
        var containers = lifecycle?.Snapshot() ?? new LifecycleSnapshot();
        var heapSize = GC.GetTotalMemory(forceFullCollection: false);
        return new StatusFacts(
            forwarder.Snapshot(), application.Snapshot(), containers, [.. traffic?.Previous.Select(PreviousOf) ?? []])
        {
            App = app,
            Version = ProductVersion.Text,
            HeapSize = heapSize,
            StartedAt = instance.StartedAt,
            Uptime = instance.Uptime,
            IsLeaving = instance.IsDraining || instance.IsShuttingDown,
            Traffic = _traffic.Read(),
            Active = application.Active,
            Process = ProcessView.Read(heapSize),
            LogDropped = instance.LogDropped(),
            InstanceWarnings = instance.Warnings,
            Certificates = Certificates?.Invoke(),
            ChallengeWarning = ChallengePort.WarningOf(Listeners),
            TlsListeners = TlsListenerView.Of(Listeners),
            Tls = [.. _certificates.Select(owner => owner.Snapshot())],
        };
    }

    /// <summary>Returns what was served in a window, for the charts of the page.</summary>
    public PageSeries ReadSeries(PageWindow window) => SeriesReader.Read(forwarder.Statistics, application, traffic, window);

    /// <summary>Returns what was counted in the last ten minutes and the present one.</summary>
    /// <param name="now">The present time.</param>
    public RecentErrors ReadErrors(DateTimeOffset now)
    {
        var targets = (traffic?.Previous.Select(previous => previous.Target) ?? []).Append(traffic?.Current).OfType<TrafficTarget>();
        var minutes = (int)RecentErrors.Window.TotalMinutes + 1;
        return new RecentErrors(
            [.. forwarder.Statistics.SeriesOf(application).Read(SeriesWindow.Hour).TakeLast(minutes)],
            application.ReadFailures(now),
            targets.GroupBy(target => target.Hash.Brief, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.Last().Revision, StringComparer.Ordinal));
    }

    /// <summary>Returns what only metrics tell of.</summary>
    public TrafficFacts ReadTraffic() => new(
        forwarder.Statistics.UnroutedCounters,
        StatisticsKeeper.CountersOf(application),
        application.Active,
        _revisions.Read(UpstreamsNow()))
    {
        Labels = _labels,
        Lifecycle = lifecycle?.Counts,
        Epoch = traffic?.Epoch,
        Volumes = VolumeSpace.Read(Folders),
    };

    private IReadOnlyList<Upstream> UpstreamsNow()
    {
        // An upstream that just came into service is among those with series after a second only.
        var known = forwarder.Statistics.UpstreamsOf(application);
        return application.Slot.Current is { } current && !known.Contains(current) ? [.. known, current] : known;
    }

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
