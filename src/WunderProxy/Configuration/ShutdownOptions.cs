namespace WunderProxy.Configuration;

/// <summary>How the process ends.</summary>
internal sealed record ShutdownOptions
{
    /// <summary>
    /// Between SIGTERM and closing the listeners, so that load balancers see the 503 of <c>/status</c>. Default 10 s.
    /// </summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long exchanges may finish after that. Default 30 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Somebody who asked <c>/status</c> this recently is taken for a load balancer that must see us leave.
    /// </summary>
    public TimeSpan StatusInterest { get; init; } = TimeSpan.FromMinutes(2);
}
