using System.Text.Json.Serialization;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.ManagerApi;

/// <summary>
/// The answer to <c>GET /status</c>: first the keys of the older tool under their old names, then ours.
/// </summary>
internal sealed record StatusDocument
{
    /// <summary>Size of the managed heap in bytes.</summary>
    public required long HeapSize { get; init; }

    /// <summary>Sum of the durations of all requests since the switch, in seconds.</summary>
    public required double TotalTime { get; init; }

    /// <summary>Number of requests since the switch.</summary>
    public required long Requests { get; init; }

    /// <summary>Number of client connections by state.</summary>
    public required ConnectionStates States { get; init; }

    /// <summary><c>Ok</c>, or the fault of the engine.</summary>
    public required string DockerState { get; init; }

    /// <summary><c>serving</c>, <c>paused</c>, <c>starting</c>, <c>draining</c> or <c>unavailable</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Name of the application; empty for <c>forward</c>.</summary>
    public required string App { get; init; }

    /// <summary>Version of this program.</summary>
    public required string Version { get; init; }

    /// <summary>Seconds since the process started.</summary>
    public required double Uptime { get; init; }

    /// <summary>The upstream in service; null if there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public UpstreamView? Upstream { get; init; }

    /// <summary>Quantiles of the durations since the switch, in seconds.</summary>
    public required ResponseTimes ResponseTimes { get; init; }

    /// <summary>Number of responses by class and code since the switch, and by minute.</summary>
    public required StatusCounts StatusCodes { get; init; }

    /// <summary>Bytes received and sent since the switch.</summary>
    public required ByteCounts Bytes { get; init; }

    /// <summary>Number of exchanges and tunnels on the current upstream.</summary>
    public required int InFlight { get; init; }

    /// <summary>Number of requests that wait for the end of a pause.</summary>
    public required int Waiting { get; init; }

    /// <summary>Earlier upstreams that still have exchanges or tunnels.</summary>
    public required IReadOnlyList<DrainView> Draining { get; init; }

    /// <summary>The changing operation in progress; null if there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public OperationView? Operation { get; init; }

    /// <summary>The latest watch of a guarded switch, with its verdict; left out if there was none.</summary>
    public GuardView? Guard { get; init; }

    /// <summary>The counters of earlier upstreams, latest first.</summary>
    public required IReadOnlyList<PreviousView> Previous { get; init; }

    /// <summary>Body bytes held because one side is slower than the other.</summary>
    public required BufferCounts Buffers { get; init; }

    /// <summary>Requests sent to and received from peers; left out without a peer key.</summary>
    public FallbackView? Fallback { get; init; }

    /// <summary>Certificates and handshakes; left out without TLS.</summary>
    public TlsView? Tls { get; init; }

    /// <summary><c>Ok</c>, or the fault of the object store.</summary>
    public required string StoreState { get; init; }

    /// <summary>The circuits of engine and store; left out for <c>forward</c>.</summary>
    public CircuitsView? Circuits { get; init; }

    /// <summary>The certificates that are ordered from an ACME server; left out if none are.</summary>
    public CertificateOrdersView? Acme { get; init; }

    /// <summary>Warnings that an operator should see.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>What the process takes of its machine.</summary>
    public ProcessView? Process { get; init; }

    /// <summary>The applications of the instance, one at present; the keys above tell of the same.</summary>
    public IReadOnlyList<ApplicationView> Applications { get; init; } = [];
}
