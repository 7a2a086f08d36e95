using System.Text;
using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Tests.Operations;

/// <summary>Drains as they are shown and cut short, and what a listener hears.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class DrainEndTests
{
    [Test]
    public async Task Drain_is_cut_short_by_either_digest_and_recorded()
    {
        await using var machine = await DrainingAsync(TimeProvider.System);

        var ended = await machine.Lifecycle.EndDrainAsync(machine.HashOf("r1"), "ada", CancellationToken.None);
        var events = await machine.EventsAsync();

        Assert.That(
            (ended.Hash, ended.Revision, ended.Exchanges, ended.Upgraded), Is.EqualTo((machine.HashOf("r1"), "r1", 1, 0)));
        Assert.That(events, Does.Contain("drain_end r1"));
    }

    [TestCase("r2")]
    [TestCase("r9")]
    public async Task What_does_not_drain_is_not_found(string revision)
    {
        await using var machine = await DrainingAsync(TimeProvider.System);

        var fault = await Assert.ThrowsAsync<DeploymentException>(
            () => machine.Lifecycle.EndDrainAsync(machine.HashOf(revision), "ada", CancellationToken.None));

        Assert.That(fault!.Error, Is.EqualTo(DeploymentError.NotFound));
    }

    [Test]
    public async Task What_is_no_hash_is_refused()
    {
        await using var machine = await DrainingAsync(TimeProvider.System);

        var fault = await Assert.ThrowsAsync<DeploymentException>(
            () => machine.Lifecycle.EndDrainAsync("r1", "ada", CancellationToken.None));

        Assert.That(fault!.Error, Is.EqualTo(DeploymentError.BadHash));
    }

    [Test]
    public async Task Time_left_does_not_follow_a_clock_that_is_set()
    {
        var clock = new SettableClock();
        await using var machine = await DrainingAsync(clock);

        clock.Offset = TimeSpan.FromDays(-400);
        var shown = machine.Lifecycle.Snapshot().Draining.Single();

        Assert.That((shown.Revision, shown.InFlight, shown.Exchanges, shown.Upgraded), Is.EqualTo(("r1", 1, 1, 0)));
        Assert.That(shown.SecondsLeft, Is.GreaterThan(0).And.LessThanOrEqualTo(3600));
        Assert.That(shown.ExchangesUntil, Is.EqualTo(shown.Since + TimeSpan.FromHours(1)));
        Assert.That(shown.UpgradedUntil, Is.EqualTo(shown.Since + TimeSpan.FromHours(2)));
    }

    [Test]
    public async Task Length_of_a_drain_does_not_follow_a_clock_that_is_set_back()
    {
        var clock = new SettableClock();
        var held = new TaskCompletionSource();
        await using var machine = await DrainingAsync(clock, held.Task);

        clock.Offset = TimeSpan.FromDays(-400);
        held.SetResult();
        DrainOutcome? drain = null;
        await ScriptedMachine.EventuallyAsync(
            "the end of the drain",
            () => Task.FromResult((drain = machine.Lifecycle.ExplainSwitch()!.Switch.Drain) is { State: not DrainOutcome.Draining }));

        Assert.That(drain!.Seconds, Is.InRange(0, 3600));
    }

    [Test]
    public async Task Listener_hears_of_events_and_progress()
    {
        var listener = new RecordingListener();
        await using var machine = new ScriptedMachine(TimeProvider.System);
        machine.Create(new WunderProxy.TestSupport.RecordingTrafficSwitch());
        machine.Lifecycle.ListenTo(listener);
        await machine.Lifecycle.StartAsync(CancellationToken.None);

        var deployed = await machine.DeployAsync("r1");
        await machine.Lifecycle.RecordEventAsync("pause", "ada", "", CancellationToken.None);

        Assert.That(listener.Events.Select(e => $"{e.Type} {e.Revision} {e.By}"), Is.EqualTo(new[] { "deploy r1 t", "pause r1 ada" }));
        Assert.That(listener.Events[0].Id, Has.Length.EqualTo(16));
        Assert.That(listener.Steps, Does.Contain($"deploy {deployed.Hash} starting"));
    }

    /// <summary>A listing begins with the oldest event, so that every one would cost all 5,000.</summary>
    [Test]
    public async Task Five_thousand_events_in_the_store_are_not_read_at_a_start()
    {
        await using var machine = new ScriptedMachine(TimeProvider.System);
        for (var number = 0; number < 5000; number++)
        {
            machine.Store.Seed(
                $"{ScriptedMachine.Prefix}/events/20260101T00000000{number:00000}0Z-{number:x16}.json",
                Encoding.UTF8.GetBytes("""{"Type":"switch","At":"2026-01-01T00:00:00Z","By":"ada","Host":"m"}"""));
        }

        machine.SeedCurrent("r1");
        var calls = new System.Collections.Concurrent.ConcurrentQueue<string>();
        machine.Store.BeforeCall = (call, key) => calls.Enqueue($"{call} {key}");
        await machine.StartAsync();
        await machine.DeployAsync("r2");
        machine.Lifecycle.Snapshot();

        Assert.That(
            calls.Where(call => call.Contains("/events/", StringComparison.Ordinal) && !call.StartsWith("put ", StringComparison.Ordinal)),
            Is.Empty);
        Assert.That((await machine.EventsAsync()).Count(happened => happened.EndsWith("r2", StringComparison.Ordinal)), Is.EqualTo(1));
    }

    private static async Task<ScriptedMachine> DrainingAsync(TimeProvider clock, Task? held = null)
    {
        var machine = new ScriptedMachine(clock)
        {
            Adjust = options => options with
            {
                DrainTimeout = TimeSpan.FromHours(1),
                DrainUpgradedTimeout = TimeSpan.FromHours(2),
            },
        };
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        machine.Traffic.HoldDrains = held ?? new TaskCompletionSource().Task;
        await machine.DeployAsync("r2");
        return machine;
    }

    private sealed class SettableClock : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Offset;
    }

    private sealed class RecordingListener : ILifecycleListener
    {
        private readonly Lock _lock = new();
        private readonly List<EventView> _events = [];
        private readonly List<string> _steps = [];

        public IReadOnlyList<EventView> Events
        {
            get
            {
                lock (_lock)
                {
                    return [.. _events];
                }
            }
        }

        public IReadOnlyList<string> Steps
        {
            get
            {
                lock (_lock)
                {
                    return [.. _steps];
                }
            }
        }

        public void OnEvent(EventView happened)
        {
            lock (_lock)
            {
                _events.Add(happened);
            }
        }

        public void OnProgress(OperationView operation)
        {
            lock (_lock)
            {
                _steps.Add($"{operation.Kind} {operation.Reference} {operation.State}");
            }
        }
    }
}
