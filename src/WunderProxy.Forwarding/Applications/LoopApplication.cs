using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tasks;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Applications;

/// <summary>
/// The part of an application that one loop owns: its counters, and the requests that wait for the end of a pause. No
/// locks.
/// </summary>
internal sealed class LoopApplication(ProxyApplication application, TransportLoop loop)
{
    private readonly List<LoopSignal> _paused = [];
    private readonly int[] _active = new int[RequestKey.KindCount];
    private FailureTable? _failures;

    /// <summary>The application to which this part belongs.</summary>
    public ProxyApplication Application => application;

    /// <summary>The loop on which this part of the application is used.</summary>
    public TransportLoop Loop => loop;

    /// <summary>The slot that holds the application's upstream.</summary>
    public UpstreamSlot Slot => application.Slot;

    /// <summary>The application's name in UTF-8, for logs; empty if it has none.</summary>
    public ReadOnlySpan<byte> Name => application.Name.Span;

    /// <summary>The application's pause: whether new requests wait, and how many may.</summary>
    public PauseGate Gate => application.Gate;

    /// <summary>Bodies of the proxy's own answers for the application.</summary>
    public ErrorPages Pages => application.Pages;

    /// <summary>
    /// Longest wait for a response head after the last request byte was sent, in milliseconds; 0 means no limit.
    /// </summary>
    public int ResponseMilliseconds => application.ResponseMilliseconds;

    /// <summary>Whether and how responses of the application are compressed.</summary>
    public ResponseCompression Compression => application.Compression;

    /// <summary>The value of Strict-Transport-Security for answers over TLS; null for none.</summary>
    public byte[]? Hsts => application.Hsts;

    /// <summary>Whether responses are buffered for clients that are behind.</summary>
    public bool BuffersResponses => application.BuffersResponses;

    /// <summary>Whether the upstream is contacted only when the body of a request is complete.</summary>
    public bool BuffersRequests => application.BuffersRequests;

    /// <summary>Counters of what this loop served for the application, over all upstreams and without one.</summary>
    public TrafficStats Stats { get; } = new();

    /// <summary>Number of requests whose exchange has begun and not ended, by their kind; readable from any thread.</summary>
    public ReadOnlySpan<int> Active => _active;

    /// <summary>Counts a request that is for the application.</summary>
    /// <param name="kind">Its method and scheme, see <see cref="RequestKey.KindOf"/>.</param>
    public void OnBegun(int kind) => _active[kind]++;

    /// <summary>Counts the end of the exchange.</summary>
    /// <param name="kind">What <see cref="OnBegun"/> was told.</param>
    public void OnEnded(int kind) => _active[kind]--;

    /// <summary>The failed exchanges of the last minutes by how they failed; made with the first one.</summary>
    public FailureTable Failures => _failures ?? MakeFailures();

    /// <summary>The failed exchanges of the last minutes; null if none failed so far. Readable from any thread.</summary>
    public FailureTable? KnownFailures => Volatile.Read(ref _failures);

    /// <summary>Adds a request to those that go on when the pause ends.</summary>
    /// <param name="pauseEnded">The signal to set when the pause ends.</param>
    public void AddPaused(LoopSignal pauseEnded) => _paused.Add(pauseEnded);

    /// <summary>Removes a request that goes on.</summary>
    public void RemovePaused(LoopSignal pauseEnded) => _paused.Remove(pauseEnded);

    /// <summary>Makes all waiting requests go on. Called on the loop.</summary>
    public void ResumePaused()
    {
        // A copy, because each request removes itself when it goes on.
        foreach (var pauseEnded in _paused.ToArray())
        {
            pauseEnded.Set();
        }
    }

    private FailureTable MakeFailures()
    {
        var made = new FailureTable();
        Volatile.Write(ref _failures, made);
        return made;
    }
}
