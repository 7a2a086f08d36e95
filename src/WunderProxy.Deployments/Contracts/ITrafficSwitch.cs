namespace WunderProxy.Deployments.Contracts;

/// <summary>
/// The port through which the control plane tells the data plane where traffic goes; each change is atomic.
/// </summary>
public interface ITrafficSwitch
{
    /// <summary>The target of traffic at present; null before the first switch or when the slot is empty.</summary>
    TrafficTarget? Current { get; }

    /// <summary>
    /// Sends all new exchanges to <paramref name="target"/> from the moment of return. Never fails and never waits.
    /// </summary>
    /// <returns>The drain of the earlier target; null if there was none.</returns>
    ITrafficDrain? Switch(TrafficTarget target);

    /// <summary>Empties the slot, because the container died: new exchanges get 503 until the next switch.</summary>
    void Clear();
}
