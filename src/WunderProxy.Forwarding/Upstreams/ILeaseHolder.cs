namespace WunderProxy.Forwarding.Upstreams;

/// <summary>The holder of a lease: an exchange or a tunnel.</summary>
internal interface ILeaseHolder
{
    /// <summary>
    /// Ends the holder soon, on its loop, because the time of its upstream is up. Called on the loop, perhaps more than
    /// once.
    /// </summary>
    void OnDrainDeadline();
}
