using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Switching;

/// <summary>The drain of a container that was already dead, which has nothing in flight.</summary>
internal sealed class NothingInFlight(TrafficTarget target) : ITrafficDrain
{
    public TrafficTarget Target => target;

    public int InFlight => 0;

    public Task<DrainHolders> DrainAsync(TimeSpan exchanges, TimeSpan upgraded, CancellationToken cancellationToken) =>
        Task.FromResult(default(DrainHolders));

    public Task<DrainHolders> EndAsync() => Task.FromResult(default(DrainHolders));
}
