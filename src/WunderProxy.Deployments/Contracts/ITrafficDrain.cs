namespace WunderProxy.Deployments.Contracts;

/// <summary>What an earlier target still has in flight after a switch.</summary>
public interface ITrafficDrain
{
    /// <summary>The target that gets nothing new.</summary>
    TrafficTarget Target { get; }

    /// <summary>Exchanges and tunnels still on it.</summary>
    int InFlight { get; }

    /// <summary>
    /// Waits until nothing is in flight, or closes what is left at the deadlines. Cancelling the token ends the wait
    /// and closes nothing: the target is wanted again.
    /// </summary>
    /// <param name="exchanges">How long ordinary exchanges may still run.</param>
    /// <param name="upgraded">How long upgraded and long-lived ones may.</param>
    /// <param name="cancellationToken">Cancels the drain.</param>
    /// <returns>How many had to be cut off.</returns>
    Task<int> DrainAsync(TimeSpan exchanges, TimeSpan upgraded, CancellationToken cancellationToken);
}
