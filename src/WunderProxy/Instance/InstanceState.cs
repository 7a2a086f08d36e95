namespace WunderProxy.Instance;

/// <summary>The state of this process as a whole, apart from its upstream.</summary>
internal sealed class InstanceState(TimeProvider clock)
{
    private readonly long _startedAt = clock.GetTimestamp();
    private long _statusAskedAt = long.MinValue;
    private volatile bool _isDraining;
    private volatile bool _isShuttingDown;

    /// <summary>When the process started, by the wall clock of then; counters count from here.</summary>
    public DateTimeOffset StartedAt { get; } = clock.GetUtcNow();

    /// <summary>Time since the process started.</summary>
    public TimeSpan Uptime => clock.GetElapsedTime(_startedAt);

    /// <summary>Whether load balancers are asked to leave while traffic is still served.</summary>
    public bool IsDraining
    {
        get => _isDraining;
        set => _isDraining = value;
    }

    /// <summary>Warnings about how this process was started.</summary>
    public IReadOnlyList<string> Warnings { get; set; } = [];

    /// <summary>Returns the number of log lines dropped since start.</summary>
    public Func<long> LogDropped { get; init; } = static () => 0;

    /// <summary>Whether the process is shutting down.</summary>
    public bool IsShuttingDown => _isShuttingDown;

    /// <summary>Marks the process as shutting down, which cannot be undone.</summary>
    public void BeginShutdown() => _isShuttingDown = true;

    /// <summary>Records that <c>/status</c> was asked for just now.</summary>
    public void OnStatusAsked() => Volatile.Write(ref _statusAskedAt, clock.GetTimestamp());

    /// <summary>Whether <c>/status</c> was asked for within the last <paramref name="window"/>.</summary>
    public bool WasStatusAskedWithin(TimeSpan window)
    {
        var askedAt = Volatile.Read(ref _statusAskedAt);
        return askedAt != long.MinValue && clock.GetElapsedTime(askedAt) <= window;
    }
}
