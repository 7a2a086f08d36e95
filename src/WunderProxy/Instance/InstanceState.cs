namespace WunderProxy.Instance;

/// <summary>What this process as a whole is up to, apart from its upstream.</summary>
internal sealed class InstanceState(TimeProvider clock)
{
    private readonly long _startedAt = clock.GetTimestamp();
    private long _statusAskedAt = long.MinValue;
    private volatile bool _isDraining;
    private volatile bool _isShuttingDown;

    /// <summary>Time since the process started.</summary>
    public TimeSpan Uptime => clock.GetElapsedTime(_startedAt);

    /// <summary>Whether load balancers are asked to leave while traffic is still served.</summary>
    public bool IsDraining
    {
        get => _isDraining;
        set => _isDraining = value;
    }

    /// <summary>What an operator should know about how this process was started.</summary>
    public IReadOnlyList<string> Warnings { get; set; } = [];

    /// <summary>Gives the lines of the log that were dropped since start.</summary>
    public Func<long> LogDropped { get; init; } = static () => 0;

    /// <summary>Whether the process is about to end.</summary>
    public bool IsShuttingDown => _isShuttingDown;

    /// <summary>The process is about to end; there is no way back.</summary>
    public void BeginShutdown() => _isShuttingDown = true;

    /// <summary>Somebody asked <c>/status</c> just now.</summary>
    public void OnStatusAsked() => Volatile.Write(ref _statusAskedAt, clock.GetTimestamp());

    /// <summary>Whether somebody asked <c>/status</c> within the last <paramref name="window"/>.</summary>
    public bool WasStatusAskedWithin(TimeSpan window)
    {
        var askedAt = Volatile.Read(ref _statusAskedAt);
        return askedAt != long.MinValue && clock.GetElapsedTime(askedAt) <= window;
    }
}
