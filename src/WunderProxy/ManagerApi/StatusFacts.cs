using WunderProxy.Certificates;
using WunderProxy.Configuration;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.ManagerApi.Traffic;

namespace WunderProxy.ManagerApi;

/// <summary>The state of both planes at one moment, and what <c>/status</c> derives from it.</summary>
/// <param name="Forwarder">State of the data plane.</param>
/// <param name="Application">The application in the data plane.</param>
/// <param name="Lifecycle">State of the control plane.</param>
/// <param name="Previous">Earlier upstreams, latest first.</param>
internal sealed record StatusFacts(
    ForwarderSnapshot Forwarder,
    ApplicationSnapshot Application,
    LifecycleSnapshot Lifecycle,
    IReadOnlyList<PreviousView> Previous)
{
    private const string BufferFault = "slow clients are buffered in memory only, because no temporary file can be written";

    /// <summary>Name of the application; empty for <c>forward</c>.</summary>
    public required string App { get; init; }

    /// <summary>Version of this program.</summary>
    public required string Version { get; init; }

    /// <summary>Size of the managed heap in bytes.</summary>
    public required long HeapSize { get; init; }

    /// <summary>When the process started, by the wall clock of then.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Time since the process started.</summary>
    public required TimeSpan Uptime { get; init; }

    /// <summary>Whether load balancers are asked to leave, by a drain or because the process ends.</summary>
    public required bool IsLeaving { get; init; }

    /// <summary>What the series tell of the application; null if they are not read.</summary>
    public TrafficView? Traffic { get; init; }

    /// <summary>Requests whose exchange has begun and not ended, by method and scheme.</summary>
    public IReadOnlyList<ActiveRequests> Active { get; init; } = [];

    /// <summary>What the process takes of its machine; null if it was not asked.</summary>
    public ProcessView? Process { get; init; }

    /// <summary>Number of lines of the program's own log dropped since start.</summary>
    public long LogDropped { get; init; }

    /// <summary>Certificates and handshakes, an item for each owner of certificates; empty without TLS.</summary>
    public IReadOnlyList<TlsSnapshot> Tls { get; init; } = [];

    /// <summary>The listeners where TLS is spoken, and those that redirect there.</summary>
    public IReadOnlyList<TlsListenerView> TlsListeners { get; init; } = [];

    /// <summary>Why certificate authorities may not reach the proxy; null if nothing speaks against it.</summary>
    public string? ChallengeWarning { get; init; }

    /// <summary>Warnings about the process and its start.</summary>
    public IReadOnlyList<string> InstanceWarnings { get; init; } = [];

    /// <summary>The certificates that are ordered from an ACME server; null if none are.</summary>
    public CertificateOrdersView? Certificates { get; init; }

    /// <summary>All warnings for the operator, about the process, its buffers and certificates, and the control plane.</summary>
    public IReadOnlyList<string> Warnings =>
    [
        .. InstanceWarnings,
        .. BufferWarnings,
        .. Certificates?.Warnings ?? [],
        .. ChallengeWarnings,
        .. Tls.SelectMany(tls => tls.Warnings),
        .. Lifecycle.Warnings,
    ];

    private IEnumerable<string> BufferWarnings => Forwarder.Buffers is { Warning: { } warning }
        ? [MayTellFaults ? $"slow clients: {warning}" : BufferFault]
        : [];

    // An authority that has issued certificates has found its way, by a load balancer or a port mapping.
    private IEnumerable<string> ChallengeWarnings =>
        ChallengeWarning is { } warning && Certificates?.Hosts.Any(host => host.ValidUntil is null || host.Failures > 0) == true
            ? [warning]
            : [];

    /// <summary>Whether warnings may quote paths and messages of the operating system.</summary>
    private bool MayTellFaults { get; init; } = true;

    /// <summary>Whether addresses, and messages of engine and store, are left out.</summary>
    private bool IsForStrangers { get; init; }

    /// <summary>
    /// The word for the whole state: <c>serving</c>, <c>paused</c>, <c>starting</c>, <c>draining</c> or
    /// <c>unavailable</c>.
    /// </summary>
    public string Status => this switch
    {
        { IsLeaving: true } => "draining",
        { Application.Upstream: null, Lifecycle.Starting: true } => "starting",
        { Application.Upstream: null } => "unavailable",
        { Application.Upstream.LastConnectRefused: true } => "unavailable",
        { Application.IsPaused: true } => "paused",
        _ => "serving",
    };

    /// <summary>Whether load balancers should send requests, so that <c>/status</c> answers 200 and not 503.</summary>
    public bool IsAvailable => Status is "serving" or "paused";

    /// <summary>
    /// Returns what <c>/status</c> shows to callers without rights: warnings do not quote engine or store.
    /// </summary>
    public StatusFacts ForAnybody() => this with
    {
        Lifecycle = Lifecycle.ForAnybody(),
        Certificates = Certificates?.ForAnybody(),
        Tls = [.. Tls.Select(tls => tls.ForAnybody())],
        MayTellFaults = false,
    };

    /// <summary>
    /// Returns what the status page shows to callers without rights: in addition, addresses are left out, and faults
    /// are not described.
    /// </summary>
    public StatusFacts ForStrangers() => ForAnybody() with
    {
        IsForStrangers = true,
        Lifecycle = Lifecycle.ForAnybody() with
        {
            DockerState = FaultOrNot(Lifecycle.DockerState),
            StoreState = FaultOrNot(Lifecycle.StoreState),
        },
        Previous = [.. Previous.Select(previous => previous with { Address = string.Empty })],
    };

    /// <summary>Converts the facts to the JSON document.</summary>
    public StatusDocument ToDocument()
    {
        var traffic = Application.Upstream?.Traffic ?? Forwarder.Total;
        return new StatusDocument
        {
            HeapSize = HeapSize,
            TotalTime = traffic.TotalSeconds,
            Requests = traffic.Requests,
            States = ConnectionStates.Of(Forwarder.Connections),
            DockerState = Lifecycle.DockerState,
            Status = Status,
            App = App,
            Version = Version,
            Uptime = Math.Round(Uptime.TotalSeconds, 3),
            Upstream = UpstreamOf(),
            ResponseTimes = traffic.ResponseTimes,
            StatusCodes = traffic.Status with { Minutes = Traffic?.Minutes ?? [] },
            Bytes = new ByteCounts(traffic.BytesIn, traffic.BytesOut),
            InFlight = Application.Upstream?.InFlight.Total ?? 0,
            Waiting = Application.PausedRequests,
            Draining = Lifecycle.Draining,
            Operation = Lifecycle.Operation,
            Guard = Lifecycle.Guard,
            Previous = Previous,
            Buffers = BufferCounts.Of(Forwarder.Buffers),
            Fallback = Forwarder.Fallback is { } fallback && !IsForStrangers ? FallbackView.Of(fallback) : null,
            Tls = Tls.Count > 0 ? TlsView.Of(Tls, IsForStrangers ? [] : TlsListeners, Certificates) : null,
            StoreState = Lifecycle.StoreState,
            Circuits = Lifecycle.Circuits,
            Acme = Certificates,
            Warnings = Warnings,
            Process = Process,
            Applications = [ApplicationOf()],
        };
    }

    private static string FaultOrNot(string state) => state is "Ok" or "unknown" ? state : "fault";

    private ApplicationView ApplicationOf() => new()
    {
        App = App,
        Status = Status,
        Upstream = UpstreamOf(),
        Requests = Application.Traffic.Requests,
        Classes = Application.Traffic.Status.Classes,
        Codes = Application.Traffic.Status.Codes,
        Bytes = new ByteCounts(Application.Traffic.BytesIn, Application.Traffic.BytesOut),
        Active = Active,
        Waiting = Application.PausedRequests,
        Windows = Traffic?.Windows,
        Seconds = Traffic?.Seconds,
        Revisions = Traffic?.Revisions ?? [],
        Draining = Lifecycle.Draining,
        Operation = Lifecycle.Operation,
        Guard = Lifecycle.Guard,
    };

    private UpstreamView? UpstreamOf()
    {
        if (Application.Upstream is not { } upstream)
        {
            return null;
        }

        var target = Lifecycle.Current;
        return new UpstreamView(
            IsForStrangers ? string.Empty : SocketAddressText.Format(upstream.EndPoint),
            target?.ContainerId ?? string.Empty,
            target?.Hash.Value ?? string.Empty,
            target?.Revision ?? string.Empty,
            Lifecycle.Since ?? upstream.Since,
            Lifecycle.Health,
            Lifecycle.HealthReason);
    }
}
