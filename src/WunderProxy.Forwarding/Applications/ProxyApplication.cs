using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Applications;

/// <summary>
/// One application of a <see cref="ForwarderServer"/>: the slot with its upstream, its pause, its error pages and its
/// counters. Listeners, peers and limits on connections are the server's.
/// </summary>
public sealed class ProxyApplication
{
    private readonly LoopApplication?[] _parts = new LoopApplication?[Upstream.MaxLoops];
    private readonly TimeProvider _clock;

    /// <summary>Makes an application that is not paused.</summary>
    /// <param name="options">How the application is served.</param>
    /// <param name="slot">Where its requests go.</param>
    /// <param name="clock">For the minutes of its statistics.</param>
    public ProxyApplication(ApplicationOptions options, UpstreamSlot slot, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(slot);
        ArgumentNullException.ThrowIfNull(clock);
        Slot = slot;
        Gate = new PauseGate(options.PauseQueue, LoopMilliseconds.Of(options.PauseTimeout));
        Pages = new ErrorPages(options.ErrorPages);
        ResponseMilliseconds = LoopMilliseconds.Of(options.ResponseTimeout);
        _clock = clock;
    }

    /// <summary>
    /// The file names that <see cref="ApplicationOptions.ErrorPages"/> may use, such as <c>502.html</c> and <c>502.json</c>:
    /// one of each form for every status that the proxy itself answers with.
    /// </summary>
    public static IReadOnlyList<string> ErrorPageNames { get; } = [.. ErrorPages.Names];

    /// <summary>The cell that holds the upstream that requests go to.</summary>
    public UpstreamSlot Slot { get; }

    /// <summary>Whether new requests wait.</summary>
    public bool IsPaused => Gate.IsPaused;

    /// <summary>Whether new requests wait, and how many may.</summary>
    internal PauseGate Gate { get; }

    /// <summary>Bodies of our own answers.</summary>
    internal ErrorPages Pages { get; }

    /// <summary>Longest wait for a response head, from the last request byte sent; 0 waits for ever.</summary>
    internal int ResponseMilliseconds { get; }

    /// <summary>The parts of the loops that have served the application so far.</summary>
    internal IEnumerable<LoopApplication> Parts => _parts.Where(part => part is not null)!;

    /// <summary>New requests wait until <see cref="Resume"/>, in a bounded queue and time; past them 503 with <c>Retry-After</c>.</summary>
    public void Pause() => Gate.IsPaused = true;

    /// <summary>Requests that wait go on.</summary>
    public void Resume()
    {
        Gate.IsPaused = false;

        // The counterpart of the fence in PartOf: either the part is seen here, or a request that is about to wait on
        // its loop sees that the pause is over.
        Interlocked.MemoryBarrier();
        foreach (var part in Parts)
        {
            part.Loop.Post(static state => ((LoopApplication)state!).ResumePaused(), part);
        }
    }

    /// <summary>Takes a copy of the state.</summary>
    public ApplicationSnapshot Snapshot()
    {
        var minute = _clock.GetUtcNow().ToUnixTimeSeconds() / 60;
        return new ApplicationSnapshot(
            TrafficStats.Sum(Parts.Select(part => part.Stats), minute),
            Slot.Current?.Snapshot(),
            [.. Slot.Draining.Select(upstream => upstream.Snapshot())],
            IsPaused,
            Gate.Waiting);
    }

    /// <summary>The part of <paramref name="loop"/>, made at its first use on that loop.</summary>
    internal LoopApplication PartOf(TransportLoop loop) => _parts[loop.Index] ?? MakePart(loop);

    private LoopApplication MakePart(TransportLoop loop)
    {
        var part = new LoopApplication(this, loop);
        Interlocked.Exchange(ref _parts[loop.Index], part);
        return part;
    }
}
