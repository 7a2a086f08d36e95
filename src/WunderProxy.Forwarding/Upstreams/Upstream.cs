using System.Net;
using System.Net.Sockets;
using System.Text;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Upstreams;

/// <summary>One application address that exchanges are forwarded to, with its leases, connections and statistics.</summary>
public sealed class Upstream
{
    /// <summary>Most forwarding threads.</summary>
    internal const int MaxLoops = 256;

    private readonly LoopUpstream?[] _parts = new LoopUpstream?[MaxLoops];
    private readonly TimeProvider _clock;
    private TaskCompletionSource? _emptied;
    private volatile bool _lastConnectRefused;
    private volatile bool _isReplaced;
    private volatile bool _isClosedToNew;

    /// <summary>Makes an upstream; nothing is connected yet.</summary>
    /// <param name="endPoint">
    /// An <see cref="IPEndPoint"/>, a <see cref="UnixDomainSocketEndPoint"/>, or a <see cref="DnsEndPoint"/>, whose
    /// name is resolved again from time to time and of which every address is tried.
    /// </param>
    /// <param name="label">A name for logs and snapshots, such as the launch config hash.</param>
    /// <param name="clock">For <see cref="Since"/>, drain deadlines and the age of a name's addresses.</param>
    /// <param name="resolve">Finds the addresses of a name; null asks the system's resolver.</param>
    /// <exception cref="ArgumentException">The address is of another kind.</exception>
    public Upstream(
        EndPoint endPoint,
        string label,
        TimeProvider clock,
        Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        ArgumentNullException.ThrowIfNull(clock);
        if (endPoint is not (IPEndPoint or UnixDomainSocketEndPoint or DnsEndPoint))
        {
            throw new ArgumentException("an upstream has an IP or unix-socket address or a name", nameof(endPoint));
        }

        EndPoint = endPoint is DnsEndPoint name ? new NamedEndPoint(name.Host, name.Port) : endPoint;
        Names = endPoint is DnsEndPoint named
            ? new NamedAddresses(named, clock, resolve ?? Dns.GetHostAddressesAsync)
            : null;
        HostValue = Encoding.ASCII.GetBytes(endPoint is UnixDomainSocketEndPoint ? "localhost" : EndPoint.ToString()!);
        Label = label;
        Since = clock.GetUtcNow();
        _clock = clock;
    }

    /// <summary>Its address.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>The name that its creator gave it.</summary>
    public string Label { get; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset Since { get; }

    /// <summary>
    /// For the upstream of a manager API's front end: the stamp of the requests that go to it, instead of
    /// <see cref="ForwarderOptions.ApiStamp"/>; null elsewhere.
    /// </summary>
    public RequestStamp? Stamp
    {
        get;
        init
        {
            field = value;
            StampSecret = value is null ? null : Encoding.ASCII.GetBytes(value.Secret);
        }
    }

    /// <summary>Exchanges and tunnels that it holds now.</summary>
    public int InFlight => Parts.Sum(part => part.InFlight);

    /// <summary>Whether the last attempt to connect failed.</summary>
    public bool LastConnectRefused
    {
        get => _lastConnectRefused;
        internal set
        {
            // Written by every loop on every connect: do not dirty the cache line when nothing changes.
            if (_lastConnectRefused != value)
            {
                _lastConnectRefused = value;
            }
        }
    }

    /// <summary>What is known of a name's addresses; null for an address.</summary>
    internal NamedAddresses? Names { get; }

    /// <summary>Changes when a name has other addresses; a connection from before is not used for another exchange.</summary>
    internal int AddressVersion => Names?.Version ?? 0;

    /// <summary>What to send as Host where a request has none, or the upstream has to see its own.</summary>
    internal byte[] HostValue { get; }

    /// <summary>The secret of <see cref="Stamp"/>.</summary>
    internal byte[]? StampSecret { get; private init; }

    /// <summary>Whether no connection is opened to it any more.</summary>
    internal bool IsClosedToNew => _isClosedToNew;

    /// <summary>Whether another one took its place, so that no idle connection to it is kept.</summary>
    internal bool IsReplaced => _isReplaced;

    internal IEnumerable<LoopUpstream> Parts => _parts.Where(part => part is not null)!;

    /// <summary>Takes a copy of what it holds and has served.</summary>
    public UpstreamSnapshot Snapshot()
    {
        var inFlight = InFlight;
        var longLived = Parts.Sum(part => part.LongLived);
        var upgraded = Parts.Sum(part => part.Upgraded);
        var exchanges = Math.Max(0, inFlight - longLived - upgraded);
        var minute = _clock.GetUtcNow().ToUnixTimeSeconds() / 60;
        return new UpstreamSnapshot(
            EndPoint,
            Label,
            Since,
            new InFlightCounts(exchanges, longLived, upgraded),
            TrafficStats.Sum(Parts.Select(part => part.Stats), minute),
            LastConnectRefused);
    }

    /// <summary>
    /// Waits until nothing is in flight. Ordinary exchanges may run until <paramref name="exchanges"/> is over, tunnels,
    /// event streams and responses that already ran longer than 10 s at the switch until <paramref name="upgraded"/> is;
    /// tunnels and event streams are ended spread over that time. What is left then is cut off.
    /// </summary>
    /// <param name="exchanges">From now; an exchange without a response head then answers 504, another is aborted.</param>
    /// <param name="upgraded">From now; a WebSocket is closed with 1012 at a message boundary.</param>
    /// <param name="cancellationToken">Ends the wait and closes nothing more.</param>
    /// <returns>How many had to be told to end.</returns>
    /// <exception cref="OperationCanceledException">The drain was cancelled.</exception>
    public Task<int> DrainAsync(TimeSpan exchanges, TimeSpan upgraded, CancellationToken cancellationToken) =>
        new UpstreamDrain(this, _clock).RunAsync(exchanges, upgraded, cancellationToken);

    /// <summary>
    /// Opens no connection to it any more: from the return on, somebody else may listen at its address and gets no request.
    /// An exchange that holds it and has no connection yet fails as if the connect had been refused.
    /// </summary>
    public async Task CloseToNewAsync()
    {
        _isClosedToNew = true;

        // A loop that has not seen this yet has issued its connect when it comes to the work posted here.
        await Task.WhenAll(Parts.Select(part =>
        {
            var isSeen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            part.Loop.Post(static state => ((TaskCompletionSource)state!).SetResult(), isSeen);
            return isSeen.Task;
        }));
    }

    /// <summary>The part of <paramref name="loop"/>, made at its first use on that loop.</summary>
    internal LoopUpstream PartOf(TransportLoop loop) =>
        _parts[loop.Index] ?? MakePart(loop);

    /// <summary>Has every loop close the idle connections that it keeps, as others need their descriptors.</summary>
    internal void CloseIdle()
    {
        foreach (var part in Parts)
        {
            part.CloseIdleSoon();
        }
    }

    internal void OnCurrent() => _isReplaced = false;

    internal void OnReplaced()
    {
        // Set first: a connection that comes back later is closed at once, those before it by the work posted here.
        _isReplaced = true;
        foreach (var part in Parts)
        {
            part.Loop.Post(static state => ((LoopUpstream)state!).OnReplaced(), part);
        }
    }

    /// <summary>Completes when nothing is in flight.</summary>
    internal Task WhenEmptyAsync()
    {
        var emptied = Volatile.Read(ref _emptied);
        if (emptied is null || emptied.Task.IsCompleted)
        {
            var fresh = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            emptied = Interlocked.CompareExchange(ref _emptied, fresh, emptied) == emptied ? fresh : _emptied;
        }

        // Looked at after the signal is in place: a part that empties from here on sees it.
        OnPartEmpty();
        return emptied!.Task;
    }

    /// <summary>Called by each part whose last lease was released.</summary>
    internal void OnPartEmpty()
    {
        if (Volatile.Read(ref _emptied) is { Task.IsCompleted: false } emptied && InFlight == 0)
        {
            emptied.TrySetResult();
        }
    }

    private LoopUpstream MakePart(TransportLoop loop)
    {
        var part = new LoopUpstream(this, loop);
        Volatile.Write(ref _parts[loop.Index], part);
        return part;
    }
}
