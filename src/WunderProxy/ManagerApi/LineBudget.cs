namespace WunderProxy.ManagerApi;

/// <summary>Lets a burst of lines pass, and after it one a second, so that a caller in a loop cannot fill the log.</summary>
internal sealed class LineBudget(TimeProvider clock)
{
    /// <summary>Most lines that may be written at once.</summary>
    public const int Burst = 20;

    private readonly Lock _lock = new();
    private double _left = Burst;
    private long _at = clock.GetTimestamp();

    /// <summary>Takes one line out of the budget.</summary>
    /// <returns>False if nothing is left.</returns>
    public bool TryTake()
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            _left = Math.Min(Burst, _left + clock.GetElapsedTime(_at, now).TotalSeconds);
            _at = now;
            if (_left < 1)
            {
                return false;
            }

            _left--;
            return true;
        }
    }
}
