namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>What programs that collect metrics want to know of an application or an upstream, since it began.</summary>
public sealed record TrafficCounters
{
    /// <summary>
    /// Durations of requests. Each request is in one place: at its upstream; if it had none, or went to a peer, at its
    /// application; if it had no application, at the server.
    /// </summary>
    public required RequestDurations Durations { get; init; }

    /// <summary>Connects that failed, by reason; each reason is there.</summary>
    public required IReadOnlyDictionary<ConnectFailure, long> ConnectFailures { get; init; }

    /// <summary>Requests that were sent once more, on another connection.</summary>
    public required long Retries { get; init; }

    /// <summary>Connections that were used again and turned out to be closed by the upstream.</summary>
    public required long StaleConnections { get; init; }

    /// <summary>Sizes of the bodies of requests in bytes, as sent by the clients; nothing for an upstream.</summary>
    public required BucketHistogram RequestBodies { get; init; }

    /// <summary>Sizes of the bodies of responses in bytes, as sent to the clients; nothing for an upstream.</summary>
    public required BucketHistogram ResponseBodies { get; init; }

    /// <summary>
    /// Seconds from the head sent to the upstream to the head received from it, by the turns of the loop; nothing for
    /// an application.
    /// </summary>
    public required BucketHistogram UpstreamHead { get; init; }

    /// <summary>
    /// Seconds from the head sent to the upstream to the end of its response, by the turns of the loop; nothing
    /// for an application.
    /// </summary>
    public required BucketHistogram UpstreamEnd { get; init; }

    /// <summary>
    /// Seconds that the proxy added to answered requests: from the wake-up of the loop to the complete head, and from the
    /// wake-up with the last bytes to the end. Nothing for an upstream.
    /// </summary>
    public required BucketHistogram Overhead { get; init; }

    /// <summary>
    /// Seconds that requests waited for the end of a pause, by the turns of the loop; nothing for an upstream.
    /// </summary>
    public required BucketHistogram QueueWait { get; init; }
}
