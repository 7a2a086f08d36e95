using System.Net;
using System.Net.Sockets;
using System.Text;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Upstreams;

/// <summary>
/// One address that takes exchanges: the idle connections to it on each loop, and how the attempts to connect to it
/// went. An endpoint belongs to one upstream for good; the peers are endpoints too.
/// </summary>
/// <remarks>
/// After a failed connect the endpoint is set aside: it gets nothing new for a while, then one exchange tries whether it
/// is back. What happens when all endpoints are set aside is the rule of <see cref="EndpointChoice"/>, not of an endpoint.
/// The state of connects is written by all loops; each member is one field, changed atomically, and the loops may see a
/// change of the other at a different time.
/// </remarks>
public sealed class Endpoint
{
    /// <summary>How long an endpoint is set aside after a failed connect, and how often it is tried then.</summary>
    internal const int SetAsideMilliseconds = 1_000;

    private readonly EndpointPool?[] _pools = new EndpointPool?[Upstream.MaxLoops];
    private readonly TimeProvider _clock;
    private volatile bool _lastConnectRefused;
    private volatile bool _keepsIdle = true;
    private volatile bool _isClosedToNew;

    // Monotonic milliseconds; 0 while the endpoint is not set aside.
    private long _setAsideUntil;

    /// <summary>Makes an endpoint; nothing is connected yet.</summary>
    /// <param name="address">
    /// An <see cref="IPEndPoint"/>, a <see cref="UnixDomainSocketEndPoint"/>, or a <see cref="DnsEndPoint"/>, whose
    /// name is resolved again from time to time and of which every address is tried.
    /// </param>
    /// <param name="clock">For the time that the endpoint is set aside and the age of a name's addresses.</param>
    /// <param name="resolve">Finds the addresses of a name; null asks the system's resolver.</param>
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
    }

    /// <summary>The address, as it was given.</summary>
    public EndPoint Address { get; }

    /// <summary>Whether the last attempt to connect failed.</summary>
    public bool LastConnectRefused
    {
        get => _lastConnectRefused;
        private set
        {
            // Written by every loop on every connect: do not dirty the cache line when nothing changes.
            if (_lastConnectRefused != value)
            {
                _lastConnectRefused = value;
            }
        }
    }

    /// <summary>Called when the endpoint is set aside, once until it is reached again; on any loop.</summary>
    internal Action<Endpoint>? WhenSetAside { get; init; }

    /// <summary>Called when the endpoint is reached again after it was set aside; on any loop.</summary>
    internal Action<Endpoint>? WhenReached { get; init; }

    /// <summary>What is known of a name's addresses; null for an address.</summary>
    internal NamedAddresses? Names { get; }

    /// <summary>Changes when a name has other addresses; a connection from before is not used for another exchange.</summary>
    internal int AddressVersion => Names?.Version ?? 0;

    /// <summary>What to send as Host where a request has none, or the upstream has to see its own.</summary>
    internal byte[] HostValue { get; }

    /// <summary>Whether idle connections are kept for the next exchange: the endpoint's upstream is in service, and the endpoint in it.</summary>
    internal bool KeepsIdle => _keepsIdle;

    /// <summary>Whether no connection is opened to the endpoint any more.</summary>
    internal bool IsClosedToNew => _isClosedToNew;

    private IEnumerable<EndpointPool> Pools => _pools.Where(pool => pool is not null)!;

    private long NowMilliseconds => (long)_clock.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>
    /// Opens no connection to the endpoint any more: from the return on, somebody else may listen at its address and
    /// gets no request. An exchange that chose the endpoint and has no connection yet fails as if the connect had been
    /// refused.
    /// </summary>
    public async Task CloseToNewAsync()
    {
        _isClosedToNew = true;

        // The counterpart of the fence in PoolOf: either the pool is seen here, or its loop sees the line above.
        Interlocked.MemoryBarrier();

        // A loop that has not seen it yet has issued its connect when it comes to the work posted here.
        await Task.WhenAll(Pools.Select(pool =>
        {
            var isSeen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            pool.Loop.Post(static state => ((TaskCompletionSource)state!).SetResult(), isSeen);
            return isSeen.Task;
        }));
    }

    /// <summary>The idle connections of <paramref name="loop"/>, whose pool is made at the first use on that loop.</summary>
    internal EndpointPool PoolOf(TransportLoop loop) => _pools[loop.Index] ?? MakePool(loop);

    /// <summary>
    /// Whether an exchange may be given to the endpoint now: it is not set aside, or its time is over and the caller is
    /// the first to see that, so that one exchange tries it and not all of them.
    /// </summary>
    internal bool TryUse()
    {
        var until = Volatile.Read(ref _setAsideUntil);
        return until == 0 || TryBeFirst(until);
    }

    /// <summary>A connect succeeded.</summary>
    internal void OnConnected()
    {
        LastConnectRefused = false;
        OnReached();
    }

    /// <summary>A connect failed, and not for a shortage of ours.</summary>
    internal void OnConnectFailed()
    {
        LastConnectRefused = true;
        if (Interlocked.Exchange(ref _setAsideUntil, NowMilliseconds + SetAsideMilliseconds) == 0)
        {
            WhenSetAside?.Invoke(this);
        }
    }

    /// <summary>
    /// The endpoint is there: a connect succeeded, or a response came on a connection of before. Called for every
    /// exchange; costs a read while the endpoint is not set aside.
    /// </summary>
    internal void OnReached()
    {
        if (Volatile.Read(ref _setAsideUntil) != 0 && Interlocked.Exchange(ref _setAsideUntil, 0) != 0)
        {
            WhenReached?.Invoke(this);
        }
    }

    /// <summary>Has every loop close the idle connections that it keeps, as others need their descriptors.</summary>
    internal void CloseIdle()
    {
        foreach (var pool in Pools)
        {
            pool.ClearSoon();
        }
    }

    /// <summary>The endpoint is in service: idle connections are kept.</summary>
    internal void OnCurrent() => _keepsIdle = true;

    /// <summary>The endpoint left its upstream, or the upstream the slot: idle connections are closed, also those in use once they come back.</summary>
    internal void OnReplaced()
    {
        // Set first: a connection that comes back later is closed at once, those before it by the work posted here. A
        // pool that is being made right now is seen, or its loop sees the line below, as in CloseToNewAsync.
        _keepsIdle = false;
        Interlocked.MemoryBarrier();
        foreach (var pool in Pools)
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

    private EndpointPool MakePool(TransportLoop loop)
    {
        var pool = new EndpointPool(this, loop);

        // A full fence: what the loop reads of the endpoint's state from here on is at least as new as what was written
        // by whoever has not seen the pool.
        Interlocked.Exchange(ref _pools[loop.Index], pool);
        return pool;
    }
}
