using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tasks;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Applications;

/// <summary>The part of an application that one loop owns: its counters, and the requests that wait for the end of a pause. No locks.</summary>
internal sealed class LoopApplication(ProxyApplication application, TransportLoop loop)
{
    private readonly List<LoopSignal> _paused = [];

    /// <summary>The application that this is a part of.</summary>
    public ProxyApplication Application => application;

    /// <summary>The loop that owns the part.</summary>
    public TransportLoop Loop => loop;

    /// <summary>The cell that holds the upstream that requests go to.</summary>
    public UpstreamSlot Slot => application.Slot;

    /// <summary>Whether new requests wait, and how many may.</summary>
    public PauseGate Gate => application.Gate;

    /// <summary>Bodies of our own answers.</summary>
    public ErrorPages Pages => application.Pages;

    /// <summary>Longest wait for a response head, from the last request byte sent; 0 waits for ever.</summary>
    public int ResponseMilliseconds => application.ResponseMilliseconds;

    /// <summary>What this loop served for the application, over all upstreams and without one.</summary>
    public TrafficStats Stats { get; } = new();

    /// <summary>Adds a request to those that go on when the pause ends.</summary>
    /// <param name="pauseEnded">Set when the pause ends.</param>
    public void AddPaused(LoopSignal pauseEnded) => _paused.Add(pauseEnded);

    /// <summary>Removes a request that goes on.</summary>
    public void RemovePaused(LoopSignal pauseEnded) => _paused.Remove(pauseEnded);

    /// <summary>Has all requests that wait go on. On the loop.</summary>
    public void ResumePaused()
    {
        // A copy: each request removes itself when it goes on.
        foreach (var pauseEnded in _paused.ToArray())
        {
            pauseEnded.Set();
        }
    }
}
