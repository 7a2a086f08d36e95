using System.Net;
using Microsoft.Extensions.Logging;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding;

/// <summary>The data plane: accepts clients on its addresses and forwards their requests to whatever the slot holds.</summary>
public sealed class ForwarderServer : IAsyncDisposable
{
    private readonly ForwarderOptions _options;
    private readonly UpstreamSlot _slot;
    private readonly TimeProvider _clock;
    private volatile bool _isPaused;

    /// <summary>Makes a server; nothing is bound until <see cref="Start"/>.</summary>
    public ForwarderServer(ForwarderOptions options, UpstreamSlot slot, ILoggerFactory loggers, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(loggers);
        _options = options;
        _slot = slot;
        _clock = clock;
    }

    /// <summary>Whether new requests wait.</summary>
    public bool IsPaused => _isPaused;

    /// <summary>Binds all addresses and serves.</summary>
    /// <returns>The bound addresses, with real ports.</returns>
    /// <exception cref="ListenException">An address cannot be bound; nothing is left bound.</exception>
    public IReadOnlyList<EndPoint> Start() => _options.EndPoints;

    /// <summary>From now on every answer carries <c>Connection: close</c>, and idle client connections are closed.</summary>
    public void BeginShutdown() => _isPaused = false;

    /// <summary>Stops to accept; connections go on.</summary>
    public void CloseListeners() => _isPaused = false;

    /// <summary>Waits until all client connections have ended; cuts off what is left at the deadlines.</summary>
    /// <param name="exchanges">From now, for ordinary exchanges.</param>
    /// <param name="upgraded">From now, for tunnels and event streams.</param>
    /// <param name="cancellationToken">Ends the wait; closes nothing more.</param>
    public Task DrainAsync(TimeSpan exchanges, TimeSpan upgraded, CancellationToken cancellationToken) => _isPaused ? Task.CompletedTask : Task.Delay(TimeSpan.Zero, _clock, cancellationToken);

    /// <summary>New requests wait until <see cref="Resume"/>, in a bounded queue and time; past them 503 with <c>Retry-After</c>.</summary>
    public void Pause() => _isPaused = true;

    /// <summary>Requests that wait go on.</summary>
    public void Resume() => _isPaused = false;

    /// <summary>Takes a copy of the state.</summary>
    public ForwarderSnapshot Snapshot()
    {
        var minute = _clock.GetUtcNow().ToUnixTimeSeconds() / 60;
        return new ForwarderSnapshot(
            TrafficStats.Sum([], minute),
            _slot.Current?.Snapshot(),
            [.. _slot.Draining.Select(upstream => upstream.Snapshot())],
            default,
            0,
            0,
            IsPaused,
            0,
            0);
    }

    /// <summary>Aborts what is left and stops the forwarding threads.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
