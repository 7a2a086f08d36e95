using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Instance;

/// <summary>Drains an upstream that has been replaced.</summary>
internal sealed class UpstreamTrafficDrain(TargetUpstream replaced) : ITrafficDrain
{
    /// <inheritdoc/>
    public TrafficTarget Target => replaced.Target;

    /// <inheritdoc/>
    public int InFlight => replaced.Upstream.InFlight;

    /// <inheritdoc/>
    public Task<int> DrainAsync(TimeSpan exchanges, TimeSpan upgraded, CancellationToken cancellationToken) =>
        replaced.Upstream.DrainAsync(exchanges, upgraded, cancellationToken);
}
