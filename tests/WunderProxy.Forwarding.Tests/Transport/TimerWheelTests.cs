using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Tests.Transport;

internal sealed class TimerWheelTests
{
    private const int Tick = TimerWheel.TickMilliseconds;

    [Test]
    public void Timer_fires_never_early_and_at_most_a_tick_late([Values(1, 49, 50, 51, 1234, 60_000, 200_000)] int delay)
    {
        var wheel = new TimerWheel(1000);
        var timer = new RecordingTimer();
        wheel.Arm(timer, 1007, delay);

        var now = 1007L;
        while (timer.Fired == 0)
        {
            wheel.Advance(++now);
        }

        Assert.That(now - 1007, Is.InRange(delay, delay + Tick));
        Assert.That(wheel.IsEmpty, Is.True);
    }

    [Test]
    public void Arm_to_a_later_time_moves_the_timer_when_its_old_slot_comes_round()
    {
        var wheel = new TimerWheel(0);
        var timer = new RecordingTimer();
        wheel.Arm(timer, 0, 100);
        wheel.Arm(timer, 0, 5000);

        wheel.Advance(4999);
        Assert.That(timer.Fired, Is.Zero);

        wheel.Advance(5000 + Tick);
        Assert.That(timer.Fired, Is.EqualTo(1));
    }

    [Test]
    public void Arm_to_an_earlier_time_fires_at_that_time()
    {
        var wheel = new TimerWheel(0);
        var timer = new RecordingTimer();
        wheel.Arm(timer, 0, 5000);
        wheel.Arm(timer, 0, 100);

        wheel.Advance(100 + Tick);

        Assert.That(timer.Fired, Is.EqualTo(1));
        Assert.That(wheel.IsEmpty, Is.True);
    }

    [Test]
    public void Disarmed_timer_does_not_fire_and_leaves_the_wheel()
    {
        var wheel = new TimerWheel(0);
        var timer = new RecordingTimer();
        wheel.Arm(timer, 0, 100);

        wheel.Disarm(timer);
        var isEmpty = wheel.IsEmpty;
        wheel.Advance(1000);

        Assert.That(timer.Fired, Is.Zero);
        Assert.That(isEmpty, Is.True, "at once: a closed connection must not be kept until its slot comes round");
    }

    [Test]
    public void Machine_that_slept_for_many_turns_fires_every_timer_once()
    {
        var wheel = new TimerWheel(0);
        var timers = Enumerable.Range(0, 3000).Select(_ => new RecordingTimer()).ToArray();
        for (var index = 0; index < timers.Length; index++)
        {
            wheel.Arm(timers[index], 0, 1 + (index * 37));
        }

        wheel.Advance(10_000_000);

        Assert.That(timers.Select(timer => timer.Fired), Is.All.EqualTo(1));
        Assert.That(wheel.IsEmpty, Is.True);
    }

    [Test]
    public void Timer_that_arms_itself_again_fires_once_per_period()
    {
        var wheel = new TimerWheel(0);
        var timer = new RecordingTimer();
        timer.OnFired = () => wheel.Arm(timer, timer.Fired * 1000, 1000);
        wheel.Arm(timer, 0, 1000);

        for (var now = 0; now <= 5000 + Tick; now += 10)
        {
            wheel.Advance(now);
        }

        Assert.That(timer.Fired, Is.EqualTo(5));
    }

    [Test]
    public void Timer_may_disarm_and_re_arm_others_of_its_slot([Values] bool later)
    {
        var wheel = new TimerWheel(0);
        var timers = Enumerable.Range(0, 10).Select(_ => new RecordingTimer()).ToArray();
        foreach (var timer in timers)
        {
            timer.OnFired = () => DelayOthers(wheel, timers, later);
            wheel.Arm(timer, 0, 100);
        }

        wheel.Advance(100 + Tick);
        Assert.That(timers.Sum(timer => timer.Fired), Is.EqualTo(1));

        foreach (var timer in timers)
        {
            timer.OnFired = null;
        }

        wheel.Advance(100_000);
        Assert.That(timers.Select(timer => timer.Fired), Is.All.EqualTo(1));
        Assert.That(wheel.IsEmpty, Is.True);
    }

    [Test]
    public void Next_visit_is_never_after_the_first_timer_is_due([Range(1, 60_001, 3000)] int delay)
    {
        var wheel = new TimerWheel(12_345);
        wheel.Arm(new RecordingTimer(), 12_345, delay);

        Assert.That(wheel.NextVisitMilliseconds, Is.InRange(12_345, 12_345 + delay + Tick));
    }

    [Test]
    public void Random_use_fires_what_is_armed_and_nothing_else()
    {
        const int Seed = 20261122;
        var random = new Random(Seed);
        var wheel = new TimerWheel(0);
        var timers = Enumerable.Range(0, 200).Select(_ => new RecordingTimer()).ToArray();
        var due = new long[timers.Length];
        for (var now = 1L; now < 200_000; now += random.Next(1, 200))
        {
            wheel.Advance(now);
            for (var index = 0; index < timers.Length; index++)
            {
                var isOverdue = due[index] != 0 && due[index] + Tick <= now;
                Assert.That(isOverdue && timers[index].Fired == 0, Is.False, $"seed {Seed}: late at {now}");
                Assert.That(timers[index].Fired > 0 && (due[index] == 0 || due[index] > now), Is.False, $"early at {now}");
                due[index] = timers[index].Fired > 0 ? 0 : due[index];
                timers[index].Fired = 0;
            }

            Use(random, wheel, timers, due, now);
        }
    }

    private static void Use(Random random, TimerWheel wheel, RecordingTimer[] timers, long[] due, long now)
    {
        for (var step = 0; step < 20; step++)
        {
            var index = random.Next(timers.Length);
            if (random.Next(3) == 0)
            {
                wheel.Disarm(timers[index]);
                due[index] = 0;
                continue;
            }

            var delay = random.Next(1, 80_000);
            wheel.Arm(timers[index], now, delay);
            due[index] = now + delay;
        }
    }

    private static void DelayOthers(TimerWheel wheel, RecordingTimer[] timers, bool later)
    {
        foreach (var other in timers.Where(timer => timer.Fired == 0))
        {
            wheel.Disarm(other);
            wheel.Arm(other, 100, later ? 60_000 : 1000);
        }
    }

    private sealed class RecordingTimer : LoopTimer
    {
        public int Fired { get; set; }

        public Action? OnFired { get; set; }

        protected internal override void OnElapsed()
        {
            Fired++;
            OnFired?.Invoke();
        }
    }
}
