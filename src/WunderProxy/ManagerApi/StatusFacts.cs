using WunderProxy.Configuration;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.ManagerApi;

/// <summary>The facts of one moment, and what <c>/status</c> makes of them.</summary>
/// <param name="Forwarder">The data plane.</param>
/// <param name="Application">The application in the data plane.</param>
/// <param name="Lifecycle">The control plane.</param>
/// <param name="Previous">Earlier upstreams, latest first.</param>
internal sealed record StatusFacts(
    ForwarderSnapshot Forwarder,
    ApplicationSnapshot Application,
    LifecycleSnapshot Lifecycle,
    IReadOnlyList<PreviousView> Previous)
{
    /// <summary>Application name.</summary>
    public required string App { get; init; }

    /// <summary>Our own version.</summary>
    public required string Version { get; init; }

    /// <summary>Managed heap in bytes.</summary>
    public required long HeapSize { get; init; }

    /// <summary>Time since the process started.</summary>
    public required TimeSpan Uptime { get; init; }

    /// <summary>Whether load balancers are asked to leave, for now or because the process ends.</summary>
    public required bool IsLeaving { get; init; }

    /// <summary>Lines of the program's own log that were dropped since start.</summary>
    public long LogDropped { get; init; }

    /// <summary>What an operator should know of the process and its start.</summary>
    public IReadOnlyList<string> InstanceWarnings { get; init; } = [];

    /// <summary>What an operator should know, of both planes and of the start.</summary>
    public IReadOnlyList<string> Warnings => [.. InstanceWarnings, .. Lifecycle.Warnings];

    /// <summary>Whether addresses, and what engine and store said, are left out.</summary>
    private bool IsForStrangers { get; init; }

    /// <summary>The word for it all.</summary>
    public string Status => this switch
    {
        { IsLeaving: true } => "draining",
        { Application.Upstream: null, Lifecycle.Starting: true } => "starting",
        { Application.Upstream: null } => "unavailable",
        { Application.Upstream.LastConnectRefused: true } => "unavailable",
        { Application.IsPaused: true } => "paused",
        _ => "serving",
    };

    /// <summary>Whether load balancers should send requests: 200, else 503.</summary>
    public bool IsAvailable => Status is "serving" or "paused";

    /// <summary>What <c>/status</c> tells a caller without the rights of a changing call: no warning quotes anybody.</summary>
    public StatusFacts ForAnybody() => this with { Lifecycle = Lifecycle.ForAnybody() };

    /// <summary>What the page tells such a caller: beside that no addresses, and of faults only that there is one.</summary>
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

    /// <summary>Writes the document.</summary>
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
            StatusCodes = traffic.Status,
            Bytes = new ByteCounts(traffic.BytesIn, traffic.BytesOut),
            InFlight = Application.Upstream?.InFlight.Total ?? 0,
            Waiting = Application.PausedRequests,
            Draining = Lifecycle.Draining,
            Operation = Lifecycle.Operation,
            Guard = Lifecycle.Guard,
            Previous = Previous,
            Buffers = new BufferCounts(0, 0),
            Fallback = Forwarder.Fallback is { } fallback && !IsForStrangers ? FallbackView.Of(fallback) : null,
            StoreState = Lifecycle.StoreState,
            Circuits = Lifecycle.Circuits,
            Warnings = Warnings,
        };
    }

    private static string FaultOrNot(string state) => state is "Ok" or "unknown" ? state : "fault";

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
            target?.Hash ?? string.Empty,
            target?.Revision ?? string.Empty,
            Lifecycle.Since ?? upstream.Since,
            Lifecycle.Health,
            Lifecycle.HealthReason);
    }
}
