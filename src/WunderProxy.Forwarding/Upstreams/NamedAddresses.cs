using System.Net;
using System.Net.Sockets;

namespace WunderProxy.Forwarding.Upstreams;

/// <summary>
/// The addresses of a host name. The name is resolved on the thread pool when it is used: at most every 5 s, sooner if
/// none of its addresses accepted. Meanwhile, and when resolving fails, the known addresses stay in use.
/// </summary>
/// <param name="name">The host name and the port.</param>
/// <param name="clock">Clock for the age of the addresses.</param>
/// <param name="resolve">Asks the resolver; throws <see cref="SocketException"/> for an unknown name.</param>
internal sealed class NamedAddresses(
    DnsEndPoint name, TimeProvider clock, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
{
    /// <summary>How long an answer of the resolver is used before it is asked again.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Least age of an answer at which a failed connect asks again; with an application that is down, every request is
    /// a failed connect.
    /// </summary>
    public static readonly TimeSpan MinAgeAfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait for the resolver.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private IPEndPoint[] _addresses = [];
    private Task? _resolving;
    private long _askedAt = long.MinValue;
    private int _version;
    private int _preferred;

    /// <summary>The known addresses in the resolver's order; empty before the first answer.</summary>
    public IReadOnlyList<IPEndPoint> Addresses => Volatile.Read(ref _addresses);

    /// <summary>Grows by one whenever the addresses change.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>Position of the address to try first, which is the one that accepted last.</summary>
    public int Preferred
    {
        get => Volatile.Read(ref _preferred);
        set => Volatile.Write(ref _preferred, value);
    }

    /// <summary>Asks the resolver again if the addresses are too old.</summary>
    /// <param name="afterFailure">
    /// Whether a connect has just failed, which lowers the age that counts as too old.
    /// </param>
    /// <returns>
    /// A task that completes without an error when the answer is there; already completed if the resolver is not asked.
    /// </returns>
    public Task RefreshAsync(bool afterFailure)
    {
        lock (_gate)
        {
            var maxAge = afterFailure ? MinAgeAfterFailure : MaxAge;
            if (_resolving is { IsCompleted: false })
            {
                return _resolving;
            }

            if (IsYounger(maxAge))
            {
                return Task.CompletedTask;
            }

            Volatile.Write(ref _askedAt, clock.GetTimestamp());
            return _resolving = ResolveAsync();
        }
    }

    /// <summary>
    /// Makes the resolver be asked if the addresses are too old, without waiting. Called for every exchange: as long as
    /// all exchanges find an idle connection, nothing else would notice that the name has moved.
    /// </summary>
    public void RefreshSoon()
    {
        if (!IsYounger(MaxAge))
        {
            _ = RefreshAsync(afterFailure: false);
        }
    }

    private bool IsYounger(TimeSpan age) =>
        Volatile.Read(ref _askedAt) is not long.MinValue and var at && clock.GetElapsedTime(at) < age;

    private async Task ResolveAsync()
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        try
        {
            var found = await resolve(name.Host, patience.Token).WaitAsync(patience.Token).ConfigureAwait(false);
            Take([.. found.Distinct().Select(address => new IPEndPoint(address, name.Port))]);
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ArgumentException)
        {
            // The resolver does not answer or has lost the name; the known addresses may still be right.
        }
    }

    private void Take(IPEndPoint[] found)
    {
        var known = _addresses;
        if (found.Length == 0 || (found.Length == known.Length && found.All(address => known.Contains(address))))
        {
            // Only the order differs, which means nothing: the preferred address is kept.
            return;
        }

        Preferred = 0;
        Volatile.Write(ref _addresses, found);
        Interlocked.Increment(ref _version);
    }
}
