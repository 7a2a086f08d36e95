namespace WunderProxy.Forwarding.Fallback;

/// <summary>Says how many requests may go to peers, so that two instances with a bad application do not double their load.</summary>
/// <remarks>One for all loops, with a lock: it is asked only when a request has failed.</remarks>
internal sealed class FallbackBudget(TimeProvider clock) : IDisposable
{
    /// <summary>Where there is no share: most requests with peers at a time.</summary>
    public const int MaxAtATime = 256;

    /// <summary>Within the window always allowed, so that a quiet instance has fallbacks too.</summary>
    public const int AlwaysAllowed = 10;

    private const double MaxShare = 0.1;

    /// <summary>Time over which the share is counted.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    /// <summary>How often requests are counted.</summary>
    private static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Queue<Sample> _samples = new();
    private readonly Queue<long> _shared = new();
    private Func<long> _requests = static () => 0;
    private ITimer? _timer;
    private int _inUse;

    /// <summary>Requests that are with peers now.</summary>
    public int InUse => Volatile.Read(ref _inUse);

    /// <summary>Begins to count.</summary>
    /// <param name="requests">How many requests there were since start; may be called from any thread.</param>
    public void Start(Func<long> requests)
    {
        _requests = requests;
        TakeSample();
        _timer = clock.CreateTimer(
            static state => ((FallbackBudget)state!).TakeSample(), this, SampleInterval, SampleInterval);
    }

    /// <summary>Asks for one more.</summary>
    /// <param name="isShared">
    /// Whether our own upstream accepts connections, so that only a share of the requests may go elsewhere.
    /// </param>
    /// <returns>Whether it may go; then <see cref="Leave"/> follows.</returns>
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

            // Those that come back do so without the lock.
            Interlocked.Increment(ref _inUse);
            return true;
        }
    }

    /// <summary>One came back.</summary>
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

    /// <summary>Those since the oldest sample within the window: never too many.</summary>
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
