namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>The exchanges and tunnels that an upstream has in flight.</summary>
/// <param name="Exchanges">Ordinary exchanges, begun and not finished.</param>
/// <param name="LongLived">Event streams, and responses that ran longer than 10 s when the upstream was replaced.</param>
/// <param name="Upgraded">Tunnels after a 101 response.</param>
public readonly record struct InFlightCounts(int Exchanges, int LongLived, int Upgraded)
{
    /// <summary>How many of <see cref="LongLived"/> are event streams.</summary>
    public int EventStreams { get; init; }

    /// <summary>The sum of the three counts.</summary>
    public int Total => Exchanges + LongLived + Upgraded;

    /// <summary>Adds two counts, kind by kind.</summary>
    public static InFlightCounts operator +(InFlightCounts left, InFlightCounts right) =>
        new(left.Exchanges + right.Exchanges, left.LongLived + right.LongLived, left.Upgraded + right.Upgraded)
        {
            EventStreams = left.EventStreams + right.EventStreams,
        };

    /// <inheritdoc cref="op_Addition"/>
    public static InFlightCounts Add(InFlightCounts left, InFlightCounts right) => left + right;
}
