using System.Numerics;

namespace WunderProxy.Forwarding.Transport;

/// <summary>A hashed wheel of coarse timeouts, owned by one loop.</summary>
/// <remarks>
/// Arming to a later time only writes a field; the timer moves when its old slot is visited. Timers fire up to one
/// <see cref="TickMilliseconds"/> late and never early.
/// </remarks>
internal sealed class TimerWheel(long nowMilliseconds)
{
    /// <summary>Width of a slot in milliseconds, and thereby the most by which a timer fires late.</summary>
    public const int TickMilliseconds = 50;

    private const int SlotCount = 1024;
    private const int VisitedSlot = SlotCount;

    // One slot more than the wheel has: the last one holds the timers of the slot being visited.
    private readonly LoopTimer?[] _slots = new LoopTimer?[SlotCount + 1];
    private readonly ulong[] _occupied = new ulong[SlotCount / 64];
    private long _tick = nowMilliseconds / TickMilliseconds;
    private int _queued;

    /// <summary>Whether no timer is queued; the loop may then wait for events without a time limit.</summary>
    public bool IsEmpty => _queued == 0;

    /// <summary>
    /// Time at which the next slot with timers is visited, in loop milliseconds: never after a timer is due, but
    /// possibly before. <see cref="long.MaxValue"/> when no timer is queued.
    /// </summary>
    public long NextVisitMilliseconds
    {
        get
        {
            if (IsEmpty)
            {
                return long.MaxValue;
            }

            var next = _tick + 1;
            return (next + TicksUntilOccupied((int)(next % SlotCount))) * TickMilliseconds;
        }
    }

    /// <summary>Arms the timer, or moves an armed one, to be due in <paramref name="delayMilliseconds"/>.</summary>
    /// <param name="timer">The timer to arm.</param>
    /// <param name="nowMilliseconds">The loop's current time in milliseconds.</param>
    /// <param name="delayMilliseconds">Delay in milliseconds, above 0.</param>
    public void Arm(LoopTimer timer, long nowMilliseconds, long delayMilliseconds)
    {
        timer.DueMilliseconds = nowMilliseconds + delayMilliseconds;
        var tick = TickAtOrAfter(timer.DueMilliseconds);
        if (timer.IsQueued && timer.QueuedTick <= tick)
        {
            return;
        }

        if (timer.IsQueued)
        {
            Unlink(timer);
        }

        Enqueue(timer, tick);
    }

    /// <summary>
    /// Disarms the timer and removes it from its slot: the guarded object may be large and may have ended.
    /// </summary>
    public void Disarm(LoopTimer timer)
    {
        timer.DueMilliseconds = 0;
        if (timer.IsQueued)
        {
            Unlink(timer);
        }
    }

    /// <summary>Fires every timer that is due at <paramref name="nowMilliseconds"/>.</summary>
    public void Advance(long nowMilliseconds)
    {
        // After a suspend of the machine the wheel may be many turns behind; one full turn visits every slot.
        var target = nowMilliseconds / TickMilliseconds;
        _tick = Math.Max(_tick, target - SlotCount);
        while (_tick < target)
        {
            _tick++;
            VisitSlot((int)(_tick % SlotCount), nowMilliseconds);
        }
    }

    private static long TickAtOrAfter(long milliseconds) => (milliseconds + TickMilliseconds - 1) / TickMilliseconds;

    private int TicksUntilOccupied(int slot)
    {
        for (var distance = 0; distance < SlotCount;)
        {
            var at = (slot + distance) % SlotCount;
            var rest = _occupied[at >> 6] >> (at & 63);
            if (rest != 0)
            {
                return distance + BitOperations.TrailingZeroCount(rest);
            }

            distance += 64 - (at & 63);
        }

        return 0;
    }

    private void VisitSlot(int slot, long nowMilliseconds)
    {
        // The timers are moved to a list of their own, because OnElapsed may arm a timer into this very slot one turn
        // later, and may unlink any timer that is still to be visited.
        MoveToVisited(slot);
        while (_slots[VisitedSlot] is { } timer)
        {
            Unlink(timer);
            Visit(timer, nowMilliseconds);
        }
    }

    private void MoveToVisited(int slot)
    {
        _slots[VisitedSlot] = _slots[slot];
        _slots[slot] = null;
        _occupied[slot >> 6] &= ~(1UL << (slot & 63));
        for (var timer = _slots[VisitedSlot]; timer is not null; timer = timer.Next)
        {
            timer.Slot = VisitedSlot;
        }
    }

    private void Visit(LoopTimer timer, long nowMilliseconds)
    {
        if (timer.DueMilliseconds == 0)
        {
            return;
        }

        if (timer.DueMilliseconds > nowMilliseconds)
        {
            Enqueue(timer, TickAtOrAfter(timer.DueMilliseconds));
            return;
        }

        timer.DueMilliseconds = 0;
        timer.OnElapsed();
    }

    private void Enqueue(LoopTimer timer, long tick)
    {
        // Never use the slot of the current tick: the timer would wait a whole turn.
        tick = Math.Max(tick, _tick + 1);
        var slot = (int)(tick % SlotCount);
        timer.QueuedTick = tick;
        timer.Slot = slot;
        timer.Previous = null;
        timer.Next = _slots[slot];
        if (timer.Next is { } next)
        {
            next.Previous = timer;
        }

        _slots[slot] = timer;
        _occupied[slot >> 6] |= 1UL << (slot & 63);
        _queued++;
    }

    private void Unlink(LoopTimer timer)
    {
        if (timer.Previous is { } previous)
        {
            previous.Next = timer.Next;
        }
        else
        {
            _slots[timer.Slot] = timer.Next;
        }

        if (timer.Next is { } next)
        {
            next.Previous = timer.Previous;
        }

        timer.Previous = null;
        timer.Next = null;
        timer.Slot = LoopTimer.NotQueued;
        _queued--;
    }
}
