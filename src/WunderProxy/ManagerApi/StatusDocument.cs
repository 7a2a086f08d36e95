using System.Text.Json.Serialization;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.ManagerApi;

/// <summary>Answer of <c>GET /status</c>: the keys of the older tool first, in its words, then ours.</summary>
internal sealed record StatusDocument
{
    /// <summary>Managed heap in bytes.</summary>
    public required long HeapSize { get; init; }

    /// <summary>Sum of the times of all requests since the switch, in seconds.</summary>
    public required double TotalTime { get; init; }

    /// <summary>Requests since the switch.</summary>
    public required long Requests { get; init; }

    /// <summary>Client connections by state.</summary>
    public required ConnectionStates States { get; init; }

    /// <summary><c>Ok</c> or the fault of the engine.</summary>
    public required string DockerState { get; init; }

    /// <summary><c>serving</c>, <c>paused</c>, <c>starting</c>, <c>draining</c> or <c>unavailable</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Application name; empty for <c>forward</c>.</summary>
    public required string App { get; init; }

    /// <summary>Our own version.</summary>
    public required string Version { get; init; }

    /// <summary>Seconds since the process started.</summary>
    public required double Uptime { get; init; }

    /// <summary>Where traffic goes; null when it goes nowhere.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public UpstreamView? Upstream { get; init; }

    /// <summary>Quantiles in seconds, since the switch.</summary>
    public required ResponseTimes ResponseTimes { get; init; }

    /// <summary>Answers by class and code, since the switch and by minute.</summary>
    public required StatusCounts StatusCodes { get; init; }

    /// <summary>Bytes since the switch.</summary>
    public required ByteCounts Bytes { get; init; }

    /// <summary>Exchanges and tunnels on the current upstream.</summary>
    public required int InFlight { get; init; }

    /// <summary>Requests that wait for the end of a pause.</summary>
    public required int Waiting { get; init; }

    /// <summary>Earlier upstreams that still hold something.</summary>
    public required IReadOnlyList<DrainView> Draining { get; init; }

    /// <summary>The changing operation under way; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public OperationView? Operation { get; init; }

    /// <summary>The latest watch of a guarded switch, with its verdict; left out when there was none.</summary>
    public GuardView? Guard { get; init; }

    /// <summary>The statistics of earlier upstreams, latest first.</summary>
    public required IReadOnlyList<PreviousView> Previous { get; init; }

    /// <summary>What is held for slow peers, in bytes.</summary>
    public required BufferCounts Buffers { get; init; }

    /// <summary>Requests with other instances; absent without a peer key.</summary>
    public FallbackView? Fallback { get; init; }

    /// <summary><c>Ok</c> or the fault of the object store.</summary>
    public required string StoreState { get; init; }

    /// <summary>Whether engine and store are called freely; left out for <c>forward</c>.</summary>
    public CircuitsView? Circuits { get; init; }

    /// <summary>What an operator should know.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}
