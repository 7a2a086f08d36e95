namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>What an upstream holds.</summary>
/// <param name="Exchanges">Ordinary exchanges, begun and not finished.</param>
/// <param name="LongLived">Event streams, and responses that ran longer than 10 s when the upstream was replaced.</param>
/// <param name="Upgraded">Tunnels.</param>
public readonly record struct InFlightCounts(int Exchanges, int LongLived, int Upgraded)
{
    /// <summary>All of them.</summary>
    public int Total => Exchanges + LongLived + Upgraded;
}
