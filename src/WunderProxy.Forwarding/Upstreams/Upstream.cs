using System.Net;
using System.Net.Sockets;
using System.Text;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Upstreams;

/// <summary>
/// One revision of an application to which exchanges are forwarded: its identity, its leases and statistics, and the
/// endpoints that serve it. The endpoints may change while the upstream stays the same.
/// </summary>
public sealed class Upstream
{
    private readonly PerLoop<LoopUpstream> _parts;
    private readonly TimeProvider _clock;

    // Orders changes of the endpoints by the control plane; no loop ever takes this lock.
    private readonly Lock _gate = new();

    // Never modified; replaced as a whole.
    private Endpoint[] _endpoints;
    private TaskCompletionSource? _emptied;
    private volatile bool _isReplaced;

    /// <summary>Creates an upstream with one endpoint, without connecting.</summary>
    /// <param name="endPoint">
    /// An <see cref="IPEndPoint"/>, a <see cref="UnixDomainSocketEndPoint"/>, or a <see cref="DnsEndPoint"/>, whose
    /// name is resolved from time to time and of which every address is tried.
    /// </param>
    /// <param name="label">A name for logs and snapshots, such as the launch config hash.</param>
    /// <param name="clock">Clock for <see cref="Since"/>, drain deadlines and the age of a name's addresses.</param>
    /// <param name="resolve">Resolves a name; null uses the system's resolver.</param>
    /// <exception cref="ArgumentException">The address is of another kind.</exception>
    public Upstream(
        EndPoint endPoint,
        string label,
        TimeProvider clock,
        Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
        : this([new Endpoint(endPoint, clock, resolve)], label, clock)
    {
    }

    /// <summary>Creates an upstream without connecting.</summary>
    /// <param name="endpoints">At least one endpoint; none may belong to another upstream.</param>
    /// <param name="label">A name for logs and snapshots, such as the launch config hash.</param>
    /// <param name="clock">Clock for <see cref="Since"/> and drain deadlines.</param>
    /// <exception cref="ArgumentException">There is no endpoint.</exception>
    public Upstream(IReadOnlyList<Endpoint> endpoints, string label, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        _endpoints = CopyOf(endpoints);
        Label = label;
        Since = clock.GetUtcNow();
        _clock = clock;
        _parts = new PerLoop<LoopUpstream>(loop => new LoopUpstream(this, loop));
    }

    /// <summary>The endpoints at present, at least one.</summary>
    public IReadOnlyList<Endpoint> Endpoints => EndpointsNow;

    /// <summary>The name that the creator of the upstream gave it.</summary>
    public string Label { get; }

    /// <summary>
    /// The application's own name for what the upstream serves; empty, the default, if the upstream has none.
    /// </summary>
    public string Revision
    {
        get;
        init
        {
            field = value;
            RevisionBytes = Encoding.UTF8.GetBytes(value);
        }
    } = string.Empty;

    /// <summary>When the upstream was created.</summary>
    public DateTimeOffset Since { get; }

    /// <summary>
    /// The stamp for requests to this upstream, in place of <see cref="ForwarderOptions.ApiStamp"/>, if it is the
    /// upstream of a manager API's front end; else null.
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

    /// <summary>Number of exchanges and tunnels in flight.</summary>
    public int InFlight => Parts.Sum(part => part.InFlight);

    /// <summary>Whether the last attempt to connect failed at each of the endpoints.</summary>
    public bool LastConnectRefused => Array.TrueForAll(EndpointsNow, endpoint => endpoint.LastConnectRefused);

    /// <summary>The secret of <see cref="Stamp"/> as ASCII.</summary>
    internal byte[]? StampSecret { get; private init; }

    /// <summary>The value of <see cref="Revision"/> in UTF-8.</summary>
    internal byte[] RevisionBytes { get; private init; } = [];

    /// <summary>
    /// Which switch of its slot put the upstream into service last, counted from 1 at the start of the process; 0 before.
    /// </summary>
    internal long Epoch { get; private set; }

    /// <summary>Whether another upstream has replaced this one in the slot.</summary>
    internal bool IsReplaced => _isReplaced;

    /// <summary>The parts of those loops that have leased the upstream so far.</summary>
    internal IEnumerable<LoopUpstream> Parts => _parts.Made;

    private Endpoint[] EndpointsNow => Volatile.Read(ref _endpoints);

    /// <summary>Returns a copy of state and counters.</summary>
    public UpstreamSnapshot Snapshot()
    {
        return new UpstreamSnapshot(
            EndpointsNow[0].Address,
            Label,
            Since,
            CountInFlight(),
            TrafficStats.Sum(Parts.Select(part => part.Stats)),
            LastConnectRefused);
    }

    /// <summary>Counts what is in flight by kind, without a lock; the counts may be of slightly different moments.</summary>
    public InFlightCounts CountInFlight()
    {
        var inFlight = InFlight;
        var longLived = Parts.Sum(part => part.LongLived);
        var upgraded = Parts.Sum(part => part.Upgraded);
        var exchanges = Math.Max(0, inFlight - longLived - upgraded);
        return new InFlightCounts(exchanges, longLived, upgraded)
        {
            EventStreams = Math.Min(longLived, Parts.Sum(part => part.EventStreams)),
        };
    }

    /// <summary>Counts the connections to all endpoints, without a lock.</summary>
    public UpstreamConnectionCounts CountConnections() =>
        Array.ConvertAll(EndpointsNow, endpoint => endpoint.CountConnections())
            .Aggregate(default(UpstreamConnectionCounts), UpstreamConnectionCounts.Add);

    /// <summary>
    /// Waits until nothing is in flight. Ordinary exchanges may run for <paramref name="exchanges"/>; tunnels, event
    /// streams and responses that had already run longer than 10 s at the switch, for <paramref name="upgraded"/>.
    /// Tunnels and event streams are ended spread over that time; whatever remains is cut off.
    /// </summary>
    /// <param name="exchanges">
    /// Time from now; an exchange without a response head is then answered with 504, any other aborted.
    /// </param>
    /// <param name="upgraded">Time from now; a WebSocket is closed with 1012 at a message boundary.</param>
    /// <param name="cancellationToken">Ends the wait; nothing further is closed.</param>
    /// <returns>The holders that had to be told to end, by kind.</returns>
    /// <exception cref="OperationCanceledException">The drain was cancelled.</exception>
    public Task<InFlightCounts> DrainAsync(TimeSpan exchanges, TimeSpan upgraded, CancellationToken cancellationToken) =>
        new UpstreamDrain(this, _clock).RunAsync(exchanges, upgraded, cancellationToken);

    /// <summary>
    /// Ends everything in flight as at the deadlines of a drain, if another upstream has replaced this one, and waits
    /// until nothing is, at most 10 s. A drain in progress then ends, too.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What was told to end by this call, by kind.</returns>
    public Task<InFlightCounts> EndInFlightAsync(CancellationToken cancellationToken) =>
        new UpstreamDrain(this, _clock).EndAsync(cancellationToken);

    /// <summary>
    /// Replaces the set of endpoints by one atomic exchange. An exchange that chooses after the return goes to one of
    /// <paramref name="next"/>; one that has chosen goes on where it is, under the same lease. Endpoints in both sets
    /// keep their connections; those that leave lose them.
    /// </summary>
    /// <param name="next">At least one endpoint; none may belong to another upstream.</param>
    /// <exception cref="ArgumentException">There is no endpoint.</exception>
    public void ReplaceEndpoints(IReadOnlyList<Endpoint> next)
    {
        var fresh = CopyOf(next);
        lock (_gate)
        {
            TellWhetherToKeep(fresh);
            var replaced = Interlocked.Exchange(ref _endpoints, fresh);
            foreach (var gone in replaced.Except(fresh))
            {
                gone.OnReplaced();
            }
        }
    }

    /// <summary>
    /// Stops opening connections to the endpoints: from the return on, other programs may listen at their addresses and
    /// get no request. An exchange that has no connection yet fails as if the connect had been refused.
    /// </summary>
    public Task CloseToNewAsync() => Task.WhenAll(EndpointsNow.Select(endpoint => endpoint.CloseToNewAsync()));

    /// <summary>
    /// Chooses the endpoint for an exchange that leases the upstream, or for another attempt of that exchange.
    /// </summary>
    internal Endpoint ChooseEndpoint() => EndpointChoice.OfUpstream(EndpointsNow);

    /// <summary>Returns the part of <paramref name="loop"/>, which is created at its first use on that loop.</summary>
    internal LoopUpstream PartOf(TransportLoop loop) => _parts.Of(loop);

    /// <summary>Makes every loop close its idle connections, because others need their descriptors.</summary>
    internal void CloseIdle() => Array.ForEach(EndpointsNow, endpoint => endpoint.CloseIdle());

    /// <summary>Records that the upstream is about to be put into a slot.</summary>
    /// <param name="epoch">Number of the switch, from 1.</param>
    internal void OnCurrent(long epoch)
    {
        Epoch = epoch;
        SetReplaced(isReplaced: false);
    }

    /// <summary>
    /// Records that another upstream has replaced this one: idle connections are closed, and responses that have
    /// already run long are marked.
    /// </summary>
    internal void OnReplaced()
    {
        SetReplaced(isReplaced: true);
        foreach (var part in Parts)
        {
            part.Loop.Post(static state => ((LoopUpstream)state!).OnReplaced(), part);
        }
    }

    /// <summary>Returns a task that completes when nothing is in flight.</summary>
    internal Task WhenEmptyAsync()
    {
        var emptied = Volatile.Read(ref _emptied);
        if (emptied is null || emptied.Task.IsCompleted)
        {
            var fresh = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            emptied = Interlocked.CompareExchange(ref _emptied, fresh, emptied) == emptied ? fresh : _emptied;
        }

        // Checked after the signal is in place, so that a part that becomes empty from here on sees the signal.
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

    private static Endpoint[] CopyOf(IReadOnlyList<Endpoint> endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        return endpoints.Count > 0
            ? [.. endpoints]
            : throw new ArgumentException("an upstream has at least one endpoint", nameof(endpoints));
    }

    private void SetReplaced(bool isReplaced)
    {
        lock (_gate)
        {
            _isReplaced = isReplaced;
            TellWhetherToKeep(_endpoints);
        }
    }

    private void TellWhetherToKeep(Endpoint[] endpoints)
    {
        foreach (var endpoint in endpoints)
        {
            if (_isReplaced)
            {
                endpoint.OnReplaced();
            }
            else
            {
                endpoint.OnCurrent();
            }
        }
    }
}
