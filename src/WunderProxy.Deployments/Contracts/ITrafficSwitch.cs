namespace WunderProxy.Deployments.Contracts;

/// <summary>The seam to the data plane: where traffic goes, changed atomically.</summary>
public interface ITrafficSwitch
{
    /// <summary>What traffic goes to now; null when nothing was switched to, or the slot was emptied.</summary>
    TrafficTarget? Current { get; }

    /// <summary>
    /// Sends all new exchanges to <paramref name="target"/> from the moment this returns. Never fails, never waits.
    /// </summary>
    /// <returns>The drain of what was current before; null when there was nothing.</returns>
    ITrafficDrain? Switch(TrafficTarget target);

    /// <summary>Empties the slot: new exchanges get 503 until the next switch. Used when the container died.</summary>
    void Clear();
}
