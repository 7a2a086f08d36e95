using WunderProxy.Deployments.Contracts;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Instance;

/// <summary>Drains an upstream that has been replaced.</summary>
internal sealed class UpstreamTrafficDrain(TargetUpstream replaced) : ITrafficDrain
{
    /// <inheritdoc/>
    public TrafficTarget Target => replaced.Target;

    /// <inheritdoc/>
    public int InFlight => replaced.Upstream.InFlight;

    /// <inheritdoc/>
    public DrainHolders Holders => HoldersOf(replaced.Upstream.CountInFlight());

    /// <inheritdoc/>
    public async Task<DrainHolders> DrainAsync(TimeSpan exchanges, TimeSpan upgraded, CancellationToken cancellationToken) =>
        HoldersOf(await replaced.Upstream.DrainAsync(exchanges, upgraded, cancellationToken));

    /// <inheritdoc/>
    public async Task<DrainHolders> EndAsync() =>
        HoldersOf(await replaced.Upstream.EndInFlightAsync(CancellationToken.None));

    private static DrainHolders HoldersOf(InFlightCounts counts) =>
        new(counts.Exchanges, counts.EventStreams, counts.LongLived - counts.EventStreams, counts.Upgraded);
}
