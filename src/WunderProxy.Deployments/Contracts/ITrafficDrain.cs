namespace WunderProxy.Deployments.Contracts;

/// <summary>The exchanges and tunnels that an earlier target still has in flight after a switch.</summary>
public interface ITrafficDrain
{
    /// <summary>The target that gets no new exchanges.</summary>
    TrafficTarget Target { get; }

    /// <summary>Number of exchanges and tunnels still in flight.</summary>
    int InFlight { get; }

    /// <summary>What is still in flight on the drained target, by kind.</summary>
    DrainHolders Holders => new(InFlight);

    /// <summary>
    /// Waits until nothing is in flight, and closes at the deadlines what remains. Cancelling the token ends the wait
    /// without closing anything, because the target is wanted again.
    /// </summary>
    /// <param name="exchanges">Longest time for ordinary exchanges to finish.</param>
    /// <param name="upgraded">Longest time for upgraded and long-lived exchanges to finish.</param>
    /// <param name="cancellationToken">Cancels the drain.</param>
    /// <returns>The exchanges and tunnels that were cut off, by kind.</returns>
    Task<DrainHolders> DrainAsync(TimeSpan exchanges, TimeSpan upgraded, CancellationToken cancellationToken);

    /// <summary>
    /// Ends everything in flight now, as at the deadlines, unless the target is wanted again; a drain in progress then
    /// ends, too.
    /// </summary>
    /// <returns>What was told to end, once nothing is in flight or 10 s have passed.</returns>
    Task<DrainHolders> EndAsync();
}
