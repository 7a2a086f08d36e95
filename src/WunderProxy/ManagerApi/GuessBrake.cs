using System.Net;
using WunderProxy.Forwarding.Connections;

namespace WunderProxy.ManagerApi;

/// <summary>
/// Delays the answers to wrong tokens: each address gets a few answers at once, and every further one late. Only wrong
/// tokens are counted, so that a right token is never delayed, even if others guess from the same address.
/// </summary>
internal sealed class GuessBrake(TimeProvider clock)
{
    /// <summary>Number of wrong tokens of one address that are answered at once.</summary>
    public const int FreeGuesses = 10;

    private const int MaxAddresses = 4096;
    private const int MaxHeld = 256;
    private const int MaxHeldOfOne = 16;

    // All callers on the unix socket count as one address, which no client can have.
    private static readonly ClientNetwork Unix = ClientNetwork.Of(IPAddress.None);

    private readonly Lock _gate = new();
    private readonly Dictionary<ClientNetwork, Guesses> _guesses = [];
    private int _held;

    /// <summary>How long an answer is delayed, and how long it takes until one wrong token is forgiven.</summary>
    public static TimeSpan Delay { get; } = TimeSpan.FromSeconds(2);

    /// <summary>Number of addresses remembered at present.</summary>
    internal int Count
    {
        get
        {
            lock (_gate)
            {
                return _guesses.Count;
            }
        }
    }

    /// <summary>Counts a wrong token, and waits as long as its answer has to be delayed.</summary>
    /// <returns>False if so many answers are being delayed already that this call gets a 429 at once.</returns>
    public async Task<bool> HoldAsync(IPAddress? address, CancellationToken cancellationToken)
    {
        var guesses = Note(address is null ? Unix : ClientNetwork.Of(address), out var isFree);
        if (isFree)
        {
            return true;
        }

        if (!TryHold(guesses))
        {
            return false;
        }

        try
        {
            await Task.Delay(Delay, clock, cancellationToken);
            return true;
        }
        finally
        {
            Release(guesses);
        }
    }

    private Guesses Note(ClientNetwork network, out bool isFree)
    {
        var now = clock.GetTimestamp();
        lock (_gate)
        {
            if (!_guesses.TryGetValue(network, out var guesses))
            {
                MakeRoom(now);
                guesses = new Guesses(now);
                _guesses[network] = guesses;
            }

            guesses.Forgive(now, clock);
            isFree = ++guesses.Count <= FreeGuesses;
            return guesses;
        }
    }

    /// <summary>
    /// Forgets addresses whose guesses are forgiven; if none is, forgets those with the fewest guesses.
    /// </summary>
    private void MakeRoom(long now)
    {
        if (_guesses.Count < MaxAddresses)
        {
            return;
        }

        foreach (var (network, guesses) in _guesses)
        {
            guesses.Forgive(now, clock);
            if (guesses is { Count: 0, Held: 0 })
            {
                _guesses.Remove(network);
            }
        }

        if (_guesses.Count >= MaxAddresses)
        {
            var least = _guesses.OrderBy(pair => pair.Value.Count).Take(MaxAddresses / 4).Select(pair => pair.Key).ToList();
            least.ForEach(network => _guesses.Remove(network));
        }
    }

    private bool TryHold(Guesses guesses)
    {
        lock (_gate)
        {
            if (_held >= MaxHeld || guesses.Held >= MaxHeldOfOne)
            {
                return false;
            }

            _held++;
            guesses.Held++;
            return true;
        }
    }

    private void Release(Guesses guesses)
    {
        lock (_gate)
        {
            _held--;
            guesses.Held--;
        }
    }

    private sealed class Guesses(long since)
    {
        // The most guesses counted: however long a caller guesses, an hour later everything is forgiven.
        private const int MaxCount = 1800;

        private long _since = since;

        public int Count { get; set; }

        public int Held { get; set; }

        public void Forgive(long now, TimeProvider clock)
        {
            var forgiven = (int)Math.Min(MaxCount, clock.GetElapsedTime(_since, now) / Delay);
            if (forgiven > 0)
            {
                Count = Math.Max(0, Math.Min(Count, MaxCount) - forgiven);
                _since = now;
            }
        }
    }
}
