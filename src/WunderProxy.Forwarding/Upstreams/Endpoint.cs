using System.Net;
using System.Net.Sockets;
using System.Text;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Upstreams;

/// <summary>
/// One address that takes exchanges: the idle connections to the address on each loop, and the outcome of attempts to
/// connect. An endpoint belongs to one upstream for good; a peer is an endpoint too.
/// </summary>
/// <remarks>
/// After a failed connect the endpoint is set aside: it gets nothing new for a while, then one exchange tries whether
/// it is back. <see cref="EndpointChoice"/> decides what happens when all endpoints are set aside. All loops write the
/// state of connects; each member is one field that changes atomically, and the loops may see changes of different
/// fields at different times.
/// </remarks>
public sealed class Endpoint
{
    /// <summary>
    /// How long an endpoint is set aside after a failed connect, in milliseconds; the same time passes between further
    /// tries.
    /// </summary>
    internal const int SetAsideMilliseconds = 1_000;

    private readonly PerLoop<EndpointPool> _pools;
    private readonly TimeProvider _clock;
    private volatile bool _lastConnectRefused;
    private volatile bool _keepsIdle = true;
    private volatile bool _isClosedToNew;

    // Loop time in milliseconds; 0 while the endpoint is not set aside.
    private long _setAsideUntil;

    /// <summary>Creates an endpoint without connecting.</summary>
    /// <param name="address">
    /// An <see cref="IPEndPoint"/>, a <see cref="UnixDomainSocketEndPoint"/>, or a <see cref="DnsEndPoint"/>, whose
    /// name is resolved from time to time and of which every address is tried.
    /// </param>
    /// <param name="clock">
    /// Clock for the time that the endpoint is set aside and for the age of a name's addresses.
    /// </param>
    /// <param name="resolve">Resolves a name; null uses the system's resolver.</param>
    /// <exception cref="ArgumentException">The address is of another kind.</exception>
    public Endpoint(
        EndPoint address, TimeProvider clock, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        ArgumentNullException.ThrowIfNull(clock);
        if (address is not (IPEndPoint or UnixDomainSocketEndPoint or DnsEndPoint))
        {
            throw new ArgumentException("an endpoint has an IP or unix-socket address or a name", nameof(address));
        }

        Address = address is DnsEndPoint name ? new NamedEndPoint(name.Host, name.Port) : address;
        Names = address is DnsEndPoint named
            ? new NamedAddresses(named, clock, resolve ?? Dns.GetHostAddressesAsync)
            : null;
        HostValue = Encoding.ASCII.GetBytes(address is UnixDomainSocketEndPoint ? "localhost" : Address.ToString()!);
        _clock = clock;
        _pools = new PerLoop<EndpointPool>(loop => new EndpointPool(this, loop));
    }

    /// <summary>The address of the endpoint, as given by its creator.</summary>
    public EndPoint Address { get; }

    /// <summary>Whether the last attempt to connect failed.</summary>
    public bool LastConnectRefused
    {
        get => _lastConnectRefused;
        private set
        {
            // Every loop comes here on every connect: do not dirty the cache line when nothing changes.
            if (_lastConnectRefused != value)
            {
                _lastConnectRefused = value;
            }
        }
    }

    /// <summary>Called on any loop when the endpoint is set aside, once until it is reached again.</summary>
    internal Action<Endpoint>? WhenSetAside { get; init; }

    /// <summary>Called on any loop when the endpoint is reached again after it was set aside.</summary>
    internal Action<Endpoint>? WhenReached { get; init; }

    /// <summary>The known addresses of a name; null if the endpoint has an address.</summary>
    internal NamedAddresses? Names { get; }

    /// <summary>
    /// Changes when a name gets other addresses; connections opened before are then not used for another exchange.
    /// </summary>
    internal int AddressVersion => Names?.Version ?? 0;

    /// <summary>The value of Host for requests that have none, or whose upstream must see its own.</summary>
    internal byte[] HostValue { get; }

    /// <summary>
    /// Whether idle connections are kept for the next exchange, because the endpoint's upstream is in service and the
    /// endpoint belongs to it.
    /// </summary>
    internal bool KeepsIdle => _keepsIdle;

    /// <summary>Whether no more connections are opened to the endpoint.</summary>
    internal bool IsClosedToNew => _isClosedToNew;

    private long NowMilliseconds => (long)_clock.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>
    /// Stops opening connections to the endpoint: from the return on, another program may listen at its address and
    /// gets no request. An exchange that chose the endpoint but has no connection yet fails as if the connect had been
    /// refused.
    /// </summary>
    public async Task CloseToNewAsync()
    {
        _isClosedToNew = true;

        // A loop that has not seen the flag yet made its pool before, and has issued its connect by the time it runs the
        // work posted here.
        await Task.WhenAll(_pools.Made.Select(pool =>
        {
            var isSeen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            pool.Loop.Post(static state => ((TaskCompletionSource)state!).SetResult(), isSeen);
            return isSeen.Task;
        }));
    }

    /// <summary>
    /// Returns the idle connections of <paramref name="loop"/>; the pool is created at its first use on that loop.
    /// </summary>
    internal EndpointPool PoolOf(TransportLoop loop) => _pools.Of(loop);

    /// <summary>
    /// Whether an exchange may use the endpoint: either it is not set aside, or its time is over and this caller is the
    /// first to notice, so that one exchange tries the endpoint and not all of them.
    /// </summary>
    internal bool TryUse()
    {
        var until = Volatile.Read(ref _setAsideUntil);
        return until == 0 || TryBeFirst(until);
    }

    /// <summary>Records a successful connect.</summary>
    internal void OnConnected()
    {
        LastConnectRefused = false;
        OnReached();
    }

    /// <summary>Records a failed connect that was not caused by a shortage of our own.</summary>
    internal void OnConnectFailed()
    {
        LastConnectRefused = true;
        if (Interlocked.Exchange(ref _setAsideUntil, NowMilliseconds + SetAsideMilliseconds) == 0)
        {
            WhenSetAside?.Invoke(this);
        }
    }

    /// <summary>
    /// Records that the endpoint is there, after a connect or a response on an existing connection. Called for every
    /// exchange; costs one read while the endpoint is not set aside.
    /// </summary>
    internal void OnReached()
    {
        if (Volatile.Read(ref _setAsideUntil) != 0 && Interlocked.Exchange(ref _setAsideUntil, 0) != 0)
        {
            WhenReached?.Invoke(this);
        }
    }

    /// <summary>Counts the connections of all loops; the counts may be of slightly different moments.</summary>
    internal UpstreamConnectionCounts CountConnections()
    {
        var (open, idle) = (0, 0);
        foreach (var pool in _pools.Made)
        {
            open += pool.Open;
            idle += pool.Count;
        }

        return new UpstreamConnectionCounts(Math.Max(0, open - idle), idle);
    }

    /// <summary>Makes every loop close its idle connections, because others need their descriptors.</summary>
    internal void CloseIdle()
    {
        foreach (var pool in _pools.Made)
        {
            pool.ClearSoon();
        }
    }

    /// <summary>Records that the endpoint is in service, so that idle connections are kept.</summary>
    internal void OnCurrent() => _keepsIdle = true;

    /// <summary>
    /// Records that the endpoint left its upstream, or the upstream its slot: idle connections are closed, and those in
    /// use once they come back.
    /// </summary>
    internal void OnReplaced()
    {
        // Set first: a connection that comes back later is closed at once, those before it by the work posted here.
        _keepsIdle = false;
        foreach (var pool in _pools.Made)
        {
            pool.Loop.Post(static state => ((EndpointPool)state!).OnReplaced(), pool);
        }
    }

    private bool TryBeFirst(long until)
    {
        var now = NowMilliseconds;
        return now >= until
            && Interlocked.CompareExchange(ref _setAsideUntil, now + SetAsideMilliseconds, until) == until;
    }
}
