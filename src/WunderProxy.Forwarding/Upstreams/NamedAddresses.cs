using System.Net;
using System.Net.Sockets;

namespace WunderProxy.Forwarding.Upstreams;

/// <summary>
/// The addresses of a host name. The name is resolved on the thread pool when it is used: every 5 s at most, and sooner
/// when none of its addresses could be connected to. What is known stays in use meanwhile, and when resolving fails.
/// </summary>
/// <param name="name">The host name and the port.</param>
/// <param name="clock">For the age of what is known.</param>
/// <param name="resolve">Asks the resolver; throws <see cref="SocketException"/> for an unknown name.</param>
internal sealed class NamedAddresses(
    DnsEndPoint name, TimeProvider clock, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
{
    /// <summary>How long an answer of the resolver is used without asking again.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How soon after an answer a failed connect asks again: at a down application every request is a failed connect.
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

    /// <summary>What is known, in the resolver's order; empty before the first answer.</summary>
    public IReadOnlyList<IPEndPoint> Addresses => Volatile.Read(ref _addresses);

    /// <summary>Grows by one each time that other addresses than before are known.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>Position of the address that is tried first: the one that answered last.</summary>
    public int Preferred
    {
        get => Volatile.Read(ref _preferred);
        set => Volatile.Write(ref _preferred, value);
    }

    /// <summary>Asks the resolver again if what is known is too old.</summary>
    /// <param name="afterFailure">Whether a connect has just failed, so that less old is too old.</param>
    /// <returns>Completes, never with an error, when the answer is there; at once when nobody is asked.</returns>
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
    /// Has the resolver asked again if what is known is too old, and does not wait. Called for every exchange: while all
    /// of them find an idle connection, nothing else would notice that the name has moved.
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
            // The resolver is away or has forgotten the name: what was known may still be right.
        }
    }

    private void Take(IPEndPoint[] found)
    {
        var known = _addresses;
        if (found.Length == 0 || (found.Length == known.Length && found.All(address => known.Contains(address))))
        {
            // In another order, which means nothing: the preferred one stays where it is.
            return;
        }

        Preferred = 0;
        Volatile.Write(ref _addresses, found);
        Interlocked.Increment(ref _version);
    }
}
