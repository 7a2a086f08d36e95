namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>The connections that the proxy holds to an upstream.</summary>
/// <param name="Active">Connections that carry an exchange or a tunnel.</param>
/// <param name="Idle">Connections that are kept open for the next exchange.</param>
public readonly record struct UpstreamConnectionCounts(int Active, int Idle)
{
    /// <summary>Adds two counts, state by state.</summary>
    public static UpstreamConnectionCounts operator +(UpstreamConnectionCounts left, UpstreamConnectionCounts right) =>
        new(left.Active + right.Active, left.Idle + right.Idle);

    /// <inheritdoc cref="op_Addition"/>
    public static UpstreamConnectionCounts Add(UpstreamConnectionCounts left, UpstreamConnectionCounts right) => left + right;
}
