using System.Globalization;
using System.Text;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Applications;

/// <summary>
/// One application of a <see cref="ForwarderServer"/>: the slot with its upstream, its pause, its error pages and its
/// counters. Listeners, peers and connection limits belong to the server.
/// </summary>
public sealed class ProxyApplication
{
    private readonly PerLoop<LoopApplication> _parts;

    /// <summary>Creates an application that is not paused.</summary>
    /// <param name="options">How the application is served.</param>
    /// <param name="slot">The slot with the application's upstream.</param>
    public ProxyApplication(ApplicationOptions options, UpstreamSlot slot)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(slot);
        Name = Encoding.UTF8.GetBytes(options.Name);
        Slot = slot;
        Gate = new PauseGate(options.PauseQueue, LoopMilliseconds.Of(options.PauseTimeout));
        Pages = new ErrorPages(options.ErrorPages);
        ResponseMilliseconds = LoopMilliseconds.Of(options.ResponseTimeout);
        Compression = options.Compression;
        Hsts = options.Hsts > TimeSpan.Zero
            ? Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"max-age={(long)options.Hsts.TotalSeconds}"))
            : null;
        BuffersResponses = options.BuffersResponses;
        BuffersRequests = options.BuffersRequests;
        _parts = new PerLoop<LoopApplication>(loop => new LoopApplication(this, loop));
    }

    /// <summary>
    /// The file names that <see cref="ApplicationOptions.ErrorPages"/> may use, such as <c>502.html</c> and <c>502.json</c>:
    /// one of each form for every status that the proxy itself answers with.
    /// </summary>
    public static IReadOnlyList<string> ErrorPageNames { get; } = [.. ErrorPages.Names];

    /// <summary>The slot that holds the upstream for requests.</summary>
    public UpstreamSlot Slot { get; }

    /// <summary>Whether forwarding is paused, so that new requests wait.</summary>
    public bool IsPaused => Gate.IsPaused;

    /// <summary>Number of requests that wait because of the pause.</summary>
    public int Waiting => Gate.Waiting;

    /// <summary>Requests whose exchange has begun and not ended, by method and scheme; none with count 0.</summary>
    public IReadOnlyList<ActiveRequests> Active
    {
        get
        {
            var counts = new int[RequestKey.KindCount];
            foreach (var part in Parts)
            {
                for (var kind = 0; kind < counts.Length; kind++)
                {
                    counts[kind] += part.Active[kind];
                }
            }

            return [.. counts.Index().Where(item => item.Item > 0).Select(item => RequestKey.ActiveOf(item.Index, item.Item))];
        }
    }

    /// <summary>The application's name in UTF-8, for logs; empty if it has none.</summary>
    internal ReadOnlyMemory<byte> Name { get; }

    /// <summary>The pause: whether new requests wait, and how many may.</summary>
    internal PauseGate Gate { get; }

    /// <summary>Bodies of the proxy's own answers for the application.</summary>
    internal ErrorPages Pages { get; }

    /// <summary>
    /// Longest wait for a response head after the last request byte was sent, in milliseconds; 0 means no limit.
    /// </summary>
    internal int ResponseMilliseconds { get; }

    /// <summary>Whether and how responses of the application are compressed.</summary>
    internal ResponseCompression Compression { get; }

    /// <summary>The value of Strict-Transport-Security for answers over TLS; null for none.</summary>
    internal byte[]? Hsts { get; }

    /// <summary>Whether responses are buffered for clients that are behind.</summary>
    internal bool BuffersResponses { get; }

    /// <summary>Whether the upstream is contacted only when the body of a request is complete.</summary>
    internal bool BuffersRequests { get; }

    /// <summary>The parts of the loops that have served the application so far.</summary>
    internal IEnumerable<LoopApplication> Parts => _parts.Made;

    /// <summary>
    /// Pauses forwarding: new requests wait until <see cref="Resume"/>, in a bounded queue and for a bounded time;
    /// beyond the bounds the answer is 503 with <c>Retry-After</c>.
    /// </summary>
    public void Pause() => Gate.IsPaused = true;

    /// <summary>Ends a pause, so that waiting requests go on.</summary>
    public void Resume()
    {
        Gate.IsPaused = false;

        // A request about to wait on a loop whose part is not among these sees that the pause is over.
        foreach (var part in Parts)
        {
            part.Loop.Post(static state => ((LoopApplication)state!).ResumePaused(), part);
        }
    }

    /// <summary>Returns a copy of state and counters.</summary>
    public ApplicationSnapshot Snapshot() => new(
        TrafficStats.Sum(Parts.Select(part => part.Stats)),
        Slot.Current?.Snapshot(),
        [.. Slot.Draining.Select(upstream => upstream.Snapshot())],
        IsPaused,
        Waiting);

    /// <summary>Returns the exchanges that failed in the last ten minutes and the present one, loop by loop.</summary>
    /// <param name="now">The present time.</param>
    public IReadOnlyList<FailureCount> ReadFailures(DateTimeOffset now) =>
        [.. Parts.SelectMany(part => part.KnownFailures?.Read(now.ToUnixTimeMilliseconds()) ?? [])];

    /// <summary>Returns the part of <paramref name="loop"/>, which is created at its first use on that loop.</summary>
    internal LoopApplication PartOf(TransportLoop loop) => _parts.Of(loop);
}
