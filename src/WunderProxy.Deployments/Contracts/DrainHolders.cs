namespace WunderProxy.Deployments.Contracts;

/// <summary>What keeps an earlier upstream from being empty, or was cut off there.</summary>
/// <param name="Exchanges">Ordinary exchanges.</param>
/// <param name="EventStreams">Responses of type <c>text/event-stream</c>.</param>
/// <param name="LongResponses">Responses that had run longer than 10 s at the switch.</param>
/// <param name="Upgraded">Tunnels after a 101 response, such as WebSockets.</param>
public readonly record struct DrainHolders(int Exchanges, int EventStreams = 0, int LongResponses = 0, int Upgraded = 0)
{
    /// <summary>Number of all exchanges and tunnels that hold the drain.</summary>
    public int Total => Exchanges + EventStreams + LongResponses + Upgraded;

    /// <summary>Number of holders that may stay until the later deadline.</summary>
    public int LongLived => EventStreams + LongResponses + Upgraded;

    /// <summary>Adds two counts, kind by kind.</summary>
    public static DrainHolders operator +(DrainHolders left, DrainHolders right) => new(
        left.Exchanges + right.Exchanges,
        left.EventStreams + right.EventStreams,
        left.LongResponses + right.LongResponses,
        left.Upgraded + right.Upgraded);

    /// <inheritdoc cref="op_Addition"/>
    public static DrainHolders Add(DrainHolders left, DrainHolders right) => left + right;
}
