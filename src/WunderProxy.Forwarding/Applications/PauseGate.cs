namespace WunderProxy.Forwarding.Applications;

/// <summary>Whether new requests wait, and how many may. The waiting itself is done on the loops.</summary>
internal sealed class PauseGate(int maxWaiting, int timeoutMilliseconds)
{
    private volatile bool _isPaused;
    private int _waiting;

    /// <summary>Whether new requests wait.</summary>
    public bool IsPaused
    {
        get => _isPaused;
        set => _isPaused = value;
    }

    /// <summary>Number of requests that wait.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Longest wait in milliseconds; 0 means no limit.</summary>
    public int TimeoutMilliseconds => timeoutMilliseconds;

    /// <summary>Takes a place in the queue, if one is left.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _waiting) <= maxWaiting)
        {
            return true;
        }

        Leave();
        return false;
    }

    /// <summary>Returns a place in the queue.</summary>
    public void Leave() => Interlocked.Decrement(ref _waiting);
}
