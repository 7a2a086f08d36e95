namespace WunderProxy.Forwarding.Fallback;

/// <summary>
/// Limits how many requests may go to peers, so that two instances with a broken application do not double their load.
/// </summary>
/// <remarks>Shared by all loops, under a lock: it is asked only when a request has failed.</remarks>
internal sealed class FallbackBudget(TimeProvider clock) : IDisposable
{
    /// <summary>Most requests with peers at a time when our own upstream does not accept connections.</summary>
    public const int MaxAtATime = 256;

    /// <summary>
    /// Number of requests always allowed within the window, so that a quiet instance has fallbacks too.
    /// </summary>
    public const int AlwaysAllowed = 10;

    private const double MaxShare = 0.1;

    /// <summary>Time over which the share of requests is counted.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    /// <summary>Interval at which requests are counted.</summary>
    private static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Queue<Sample> _samples = new();
    private readonly Queue<long> _shared = new();
    private Func<long> _requests = static () => 0;
    private ITimer? _timer;
    private int _inUse;

    /// <summary>Number of requests with peers at present.</summary>
    public int InUse => Volatile.Read(ref _inUse);

    /// <summary>Begins to count requests, once a second.</summary>
    /// <param name="requests">Returns the number of requests since start; called from any thread.</param>
    public void Start(Func<long> requests)
    {
        _requests = requests;
        TakeSample();
        _timer = clock.CreateTimer(
            static state => ((FallbackBudget)state!).TakeSample(), this, SampleInterval, SampleInterval);
    }

    /// <summary>Asks whether one more request may go to a peer.</summary>
    /// <param name="isShared">
    /// Whether our own upstream accepts connections, so that only a share of 10% of the requests may go to peers.
    /// </param>
    /// <returns>Whether the request may go; the caller then calls <see cref="Leave"/> afterwards.</returns>
    public bool TryEnter(bool isShared)
    {
        lock (_gate)
        {
            if (isShared ? !HasShare() : _inUse >= MaxAtATime)
            {
                return false;
            }

            if (isShared)
            {
                _shared.Enqueue(clock.GetTimestamp());
            }

            // Requests that come back are counted without the lock.
            Interlocked.Increment(ref _inUse);
            return true;
        }
    }

    /// <summary>Counts a request that came back from a peer.</summary>
    public void Leave() => Interlocked.Decrement(ref _inUse);

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private bool HasShare()
    {
        while (_shared.TryPeek(out var at) && clock.GetElapsedTime(at) >= Window)
        {
            _shared.Dequeue();
        }

        return _shared.Count < AlwaysAllowed || _shared.Count + 1 <= RequestsInWindow() * MaxShare;
    }

    /// <summary>
    /// Returns the number of requests since the oldest sample within the window, which is never too high.
    /// </summary>
    private long RequestsInWindow()
    {
        Forget();
        return _samples.TryPeek(out var oldest) ? _requests() - oldest.Requests : 0;
    }

    private void TakeSample()
    {
        lock (_gate)
        {
            Forget();
            _samples.Enqueue(new Sample(clock.GetTimestamp(), _requests()));
        }
    }

    private void Forget()
    {
        while (_samples.TryPeek(out var sample) && clock.GetElapsedTime(sample.Timestamp) > Window)
        {
            _samples.Dequeue();
        }
    }

    private readonly record struct Sample(long Timestamp, long Requests);
}
