namespace WunderProxy.Configuration;

/// <summary>The times that govern the orderly end of the process.</summary>
internal sealed record ShutdownOptions
{
    /// <summary>
    /// Time between SIGTERM and closing the listeners, so that load balancers see the 503 of <c>/status</c>. Default 10
    /// s.
    /// </summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time that exchanges get to finish after the listeners are closed. Default 30 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Time within which a request for <c>/status</c> counts as coming from a load balancer, which must see this
    /// instance leave. Default 2 min.
    /// </summary>
    public TimeSpan StatusInterest { get; init; } = TimeSpan.FromMinutes(2);
}
