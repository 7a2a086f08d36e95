namespace WunderProxy.Forwarding.Upstreams;

/// <summary>What a lease was taken for.</summary>
internal interface ILeaseHolder
{
    /// <summary>The time of its upstream is up: it has to end, on its loop, soon. Called on the loop, perhaps more than once.</summary>
    void OnDrainDeadline();
}
