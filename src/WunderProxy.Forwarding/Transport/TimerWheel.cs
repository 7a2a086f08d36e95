using System.Numerics;

namespace WunderProxy.Forwarding.Transport;

/// <summary>A hashed wheel of coarse timeouts, owned by one loop.</summary>
/// <remarks>
/// Arming to a later time only writes a field; the timer is moved when its old slot comes round.
/// Timers fire up to one <see cref="TickMilliseconds"/> late, never early.
/// </remarks>
internal sealed class TimerWheel(long nowMilliseconds)
{
    /// <summary>Width of a slot: how late a timeout may be.</summary>
    public const int TickMilliseconds = 50;

    private const int SlotCount = 1024;
    private const int VisitedSlot = SlotCount;

    // One more than the wheel has: the last holds the timers of the slot being visited.
    private readonly LoopTimer?[] _slots = new LoopTimer?[SlotCount + 1];
    private readonly ulong[] _occupied = new ulong[SlotCount / 64];
    private long _tick = nowMilliseconds / TickMilliseconds;
    private int _queued;

    /// <summary>Whether no timer is queued; such a loop may wait for events without a deadline.</summary>
    public bool IsEmpty => _queued == 0;

    /// <summary>
    /// When the next slot with timers comes round; not before anything is due, though what it holds may be due later.
    /// <see cref="long.MaxValue"/> when empty.
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

    /// <summary>Arms <paramref name="timer"/> to fall due in <paramref name="delayMilliseconds"/>, from whatever it was.</summary>
    /// <param name="timer">The timer to arm.</param>
    /// <param name="nowMilliseconds">The loop's current time.</param>
    /// <param name="delayMilliseconds">Above 0.</param>
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

    /// <summary>Disarms <paramref name="timer"/> and forgets it: what it guarded may be large, and may have ended.</summary>
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
        // A machine that slept may be many turns behind; one full turn visits every slot.
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
        // Moved to a list of their own: one that arms itself again in OnElapsed may land in this very slot, one turn
        // on, and OnElapsed may unlink any timer that is still to be visited.
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
        // Never into the slot of the current tick: it would wait a whole turn.
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
