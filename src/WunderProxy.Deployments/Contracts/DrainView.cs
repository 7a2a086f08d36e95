namespace WunderProxy.Deployments.Contracts;

/// <summary>An earlier upstream that gets nothing new and may still have exchanges or tunnels in flight.</summary>
/// <param name="Hash">SHA-256 hash of the launch config.</param>
/// <param name="Revision">The application's own name for what was deployed.</param>
/// <param name="Container">Full container id.</param>
/// <param name="InFlight">Number of exchanges and tunnels still in flight.</param>
/// <param name="Since">When the upstream stopped being current.</param>
public sealed record DrainView(string Hash, string Revision, string Container, int InFlight, DateTimeOffset Since)
{
    /// <summary>Number of ordinary exchanges in flight.</summary>
    public int Exchanges { get; init; }

    /// <summary>Number of event streams in flight.</summary>
    public int EventStreams { get; init; }

    /// <summary>Number of responses in flight that had run longer than 10 s at the switch.</summary>
    public int LongResponses { get; init; }

    /// <summary>Number of tunnels, such as WebSockets.</summary>
    public int Upgraded { get; init; }

    /// <summary>When the ordinary exchanges that remain are ended.</summary>
    public DateTimeOffset ExchangesUntil { get; init; }

    /// <summary>When the event streams, long responses and tunnels that remain are ended.</summary>
    public DateTimeOffset UpgradedUntil { get; init; }

    /// <summary>
    /// Seconds until the last holder is ended, measured by a clock that nobody sets; 0 when nothing is in flight.
    /// </summary>
    public double SecondsLeft { get; init; }
}
