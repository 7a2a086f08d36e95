namespace WunderProxy.Forwarding.Transport;

/// <summary>A timeout that lives inside the object it guards, so that arming it allocates nothing.</summary>
internal abstract class LoopTimer
{
    internal const int NotQueued = -1;

    /// <summary>
    /// Time at which the timer is due, on the scale of <see cref="TransportLoop.NowMilliseconds"/>; 0 when not armed.
    /// </summary>
    public long DueMilliseconds { get; internal set; }

    /// <summary>
    /// The tick at which the wheel visits this timer, never later than its due time; valid only while the timer is
    /// queued.
    /// </summary>
    internal long QueuedTick { get; set; }

    /// <summary>Index of the wheel's slot that holds this timer, or <see cref="NotQueued"/>.</summary>
    internal int Slot { get; set; } = NotQueued;

    /// <summary>Whether a slot of the wheel holds this timer.</summary>
    internal bool IsQueued => Slot != NotQueued;

    internal LoopTimer? Previous { get; set; }

    internal LoopTimer? Next { get; set; }

    /// <summary>
    /// Called on the loop when the timer is due. The timer is disarmed before the call and may be armed again during
    /// it.
    /// </summary>
    protected internal abstract void OnElapsed();
}
