namespace WunderProxy.Forwarding.Transport;

/// <summary>A timeout that lives inside the object it guards, so that arming it allocates nothing.</summary>
internal abstract class LoopTimer
{
    internal const int NotQueued = -1;

    /// <summary>When it falls due, in <see cref="TransportLoop.NowMilliseconds"/>; 0 when not armed.</summary>
    public long DueMilliseconds { get; internal set; }

    /// <summary>The tick at which the wheel visits this timer, never later than it is due; meaningless unless queued.</summary>
    internal long QueuedTick { get; set; }

    /// <summary>The slot of the wheel that holds this timer, or <see cref="NotQueued"/>.</summary>
    internal int Slot { get; set; } = NotQueued;

    /// <summary>Whether a slot of the wheel holds this timer.</summary>
    internal bool IsQueued => Slot != NotQueued;

    internal LoopTimer? Previous { get; set; }

    internal LoopTimer? Next { get; set; }

    /// <summary>Called on the loop once the timer is due; it is disarmed before the call and may be armed again in it.</summary>
    protected internal abstract void OnElapsed();
}
