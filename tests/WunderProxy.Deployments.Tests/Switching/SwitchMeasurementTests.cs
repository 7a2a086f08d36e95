using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.Storage;
using WunderProxy.Deployments.Tests.Operations;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Switching;

/// <summary>What the event of a switch says about what stopped serving, and what began to.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class SwitchMeasurementTests
{
    private static readonly TimeSpan Served = TimeSpan.FromMinutes(7);

    [Test]
    public async Task Deploy_measures_what_it_retires_and_the_start_of_what_it_brings()
    {
        await using var machine = await StartAsync();

        await machine.DeployAsync("r2");
        var happened = await LastAsync(machine, EventType.Deploy);

        Assert.That(happened.Seconds, Is.GreaterThanOrEqualTo(0));
        AssertMeasured(happened, machine.HashOf("r1"), machine.HashOf("r2"));
    }

    [Test]
    public async Task Switch_measures_what_it_retires()
    {
        await using var machine = await StartAsync();
        await machine.LaunchAsync("r2");

        await machine.SwitchAsync("r2");
        var happened = await LastAsync(machine, EventType.Switch);

        Assert.That(happened.Seconds, Is.GreaterThanOrEqualTo(0));
        AssertMeasured(happened, machine.HashOf("r1"), machine.HashOf("r2"));
    }

    [Test]
    public async Task Rollback_measures_what_it_retires()
    {
        await using var machine = await StartAsync();
        await machine.DeployAsync("r2");
        ((ManualTimeProvider)machine.Clock).Advance(Served);

        await machine.RollbackAsync();

        AssertMeasured(await LastAsync(machine, EventType.Rollback), machine.HashOf("r2"), machine.HashOf("r1"));
    }

    [Test]
    public async Task Guard_measures_what_it_rejects()
    {
        await using var machine = await StartAsync();
        ((FixedMeter)machine.Meter!).Worse = "r2";

        var deployed = await machine.DeployAsync("r2", TimeSpan.FromMinutes(1));
        await machine.JudgeAsync(deployed.Guard!);
        await ScriptedMachine.EventuallyAsync(
            "the event", async () => (await machine.EventsAsync()).Contains("guard_rollback r1", StringComparer.Ordinal));
        var happened = await LastAsync(machine, EventType.GuardRollback);

        Assert.That((happened.Measured!.Before!.Hash, happened.Measured.Before.ErrorShare), Is.EqualTo((machine.HashOf("r2"), 0.5)));
    }

    [Test]
    public async Task First_switch_retires_nothing()
    {
        await using var machine = await StartAsync();

        var happened = await LastAsync(machine, EventType.Deploy);

        Assert.That((happened.Measured!.Before, happened.Measured.After!.Hash), Is.EqualTo(((MeasuredService?)null, machine.HashOf("r1"))));
    }

    [Test]
    public async Task Measurement_outlives_a_store_that_takes_no_history()
    {
        await using var machine = await StartAsync();
        machine.OnStep = step =>
        {
            if (step.EndsWith("history-before", StringComparison.Ordinal))
            {
                throw new ObjectStoreException(ObjectStoreFault.Unavailable, "away");
            }
        };

        var deploying = machine.DeployAsync("r2");
        await ((ManualTimeProvider)machine.Clock).PassPausesAsync(
            [TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(600)], "the deploy", deploying);
        var happened = await LastAsync(machine, EventType.Deploy);

        Assert.That((await deploying).HistoryPending, Is.True);
        Assert.That(happened.Reason, Does.Contain("not written yet"));
        AssertMeasured(happened, machine.HashOf("r1"), machine.HashOf("r2"));
    }

    [Test]
    public async Task Statistics_that_fail_do_not_fail_the_switch()
    {
        await using var machine = await StartAsync();
        ((FixedMeter)machine.Meter!).Fault = new InvalidOperationException("broken");

        await machine.DeployAsync("r2");
        var happened = await LastAsync(machine, EventType.Deploy);

        Assert.That((machine.Traffic.Current!.Revision, happened.Revision, happened.Measured), Is.EqualTo(("r2", "r2", (SwitchMeasurement?)null)));
    }

    [Test]
    public async Task Failed_deploy_names_its_revision_and_how_long_it_took()
    {
        await using var machine = await StartAsync();
        machine.RefuseStart = () => "no";

        await Assert.ThrowsAsync<DeploymentException>(() => machine.DeployAsync("r2"));
        var happened = await LastAsync(machine, EventType.Failure);

        Assert.That((happened.Revision, happened.Hash), Is.EqualTo(("r2", machine.HashOf("r2"))));
        Assert.That(happened.Seconds, Is.Not.Null);
    }

    private static void AssertMeasured(DeploymentEvent happened, string before, string after)
    {
        var served = happened.Measured!.Before!;
        Assert.That((served.Hash, happened.Measured.After!.Hash), Is.EqualTo((before, after)));
        Assert.That((served.Requests, served.ErrorShare, served.GatewayErrors, served.P50, served.P99), Is.EqualTo((200L, 0.05, 2L, 0.01, 0.5)));
        Assert.That(served.ServedSeconds, Is.GreaterThanOrEqualTo(Served.TotalSeconds));
        Assert.That(happened.Measured.After.StartSeconds, Is.GreaterThanOrEqualTo(0));
    }

    private static async Task<DeploymentEvent> LastAsync(ScriptedMachine machine, string type)
    {
        DeploymentEvent? last = null;
        await ScriptedMachine.EventuallyAsync($"the event {type}", async () =>
        {
            var events = await new EventReader(machine.Store, ScriptedMachine.Prefix).ReadAsync(CancellationToken.None);
            last = events.LastOrDefault(happened => happened.Type == type);
            return last is not null;
        });
        return last!;
    }

    /// <summary>r1 has served for a while.</summary>
    private static async Task<ScriptedMachine> StartAsync()
    {
        var clock = new ManualTimeProvider();
        var machine = new ScriptedMachine(clock) { Meter = new FixedMeter() };
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        clock.Advance(Served);
        return machine;
    }

    private sealed class FixedMeter : ITrafficMeter
    {
        public string Worse { get; set; } = "";

        public Exception? Fault { get; set; }

        public TrafficReport? Measure(TrafficTarget target) => Fault is { } fault
            ? throw fault
            : new TrafficReport(200, target.Revision == Worse ? 100 : 10, 2, [new TimeCount(0.01, 190), new TimeCount(0.5, 10)]);
    }
}
