using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Records;
using WunderProxy.Deployments.Storage;
using WunderProxy.TestSupport;
using WunderProxy.TestSupport.Storage;

namespace WunderProxy.Deployments.Tests.Operations;

/// <summary>What a call is refused for, from where the fault is: nothing was switched, and nothing is left behind.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class LifecycleFaultTests
{
    private static readonly string Missing = new('a', 64);

    [TestCase("")]
    [TestCase("zz")]
    [TestCase("0123456789abcdef0123456789abcdef0")]
    public Task Text_that_is_no_hash_is_bad(string reference) => AssertRefusedAsync(
        DeploymentError.BadHash, _ => { }, machine => machine.Lifecycle.LaunchAsync(reference, "t", null, CancellationToken.None));

    [Test]
    public Task Hash_that_the_store_does_not_have_is_not_found() => AssertRefusedAsync(
        DeploymentError.NotFound, _ => { }, machine => machine.Lifecycle.LaunchAsync(Missing, "t", null, CancellationToken.None));

    [Test]
    public Task Switch_to_a_hash_that_the_store_does_not_have_is_not_found() => AssertRefusedAsync(
        DeploymentError.NotFound, _ => { }, machine => SwitchAsync(machine, Missing));

    [Test]
    public Task Switch_to_what_is_only_stored_is_not_running() => AssertRefusedAsync(
        DeploymentError.NotRunning, Store, machine => SwitchAsync(machine, HashOf(machine)));

    [Test]
    public Task Bytes_of_another_hash_are_a_mismatch() => AssertRefusedAsync(
        DeploymentError.HashMismatch,
        machine => machine.Store.Seed($"service/container.{Missing}.json", "{}"u8),
        machine => machine.Lifecycle.LaunchAsync(Missing, "t", null, CancellationToken.None));

    [Test]
    public Task Bytes_that_are_no_launch_config_are_invalid() => AssertRefusedAsync(
        DeploymentError.InvalidConfig, _ => { }, machine => DeployAsync(machine, "[]"u8.ToArray()));

    [TestCase(new byte[] { 0xFF })]
    [TestCase(new byte[] { (byte)'\\', (byte)'u', (byte)'d', (byte)'8', (byte)'0', (byte)'0' })]
    public Task Text_that_is_none_is_invalid(byte[] bad) => AssertRefusedAsync(
        DeploymentError.InvalidConfig,
        _ => { },
        machine => DeployAsync(machine, [.. """{"ContainerConfig":{"Env":["A="""u8, .. bad, .. "\"]},\"Revision\":\"r1\"}"u8]));

    [Test]
    public async Task Text_that_is_none_in_the_current_config_is_a_warning()
    {
        await using var machine = new ScriptedMachine(TimeProvider.System);
        machine.Store.Seed("service/current.json", [.. """{"ContainerConfig":{"Env":["A="""u8, 0xFF, .. "\"]},\"Revision\":\"r1\"}"u8]);

        await machine.StartAsync();

        Assert.That(
            machine.Lifecycle.Snapshot().Warnings,
            Has.Some.Contain("current.json").And.Some.Contain("ContainerConfig.Env[0] holds a byte that is not UTF-8 (0xFF) at byte 30"));
    }

    [Test]
    public async Task Recorded_config_that_is_no_longer_taken_hinders_nothing()
    {
        await using var machine = new ScriptedMachine(TimeProvider.System);
        await machine.StartAsync(new LifecycleRecord { Hash = Missing, Config = "{\"Revision\":\"r1\",\"revision\":\"r2\"}"u8.ToArray() });

        var result = await DeployAsync(machine, machine.Config("r3"));

        Assert.That(result.Revision, Is.EqualTo("r3"));
    }

    [Test]
    public Task Several_exposed_ports_are_ambiguous() => AssertRefusedAsync(
        DeploymentError.AmbiguousPort,
        _ => { },
        machine => DeployAsync(machine, Encoding.UTF8.GetBytes(
            """{"ContainerConfig":{"Image":"there:1","ExposedPorts":{"1/tcp":{},"2/tcp":{}}},"Revision":"r1"}""")));

    [Test]
    public Task Rollback_without_a_history_is_history_empty() => AssertRefusedAsync(
        DeploymentError.HistoryEmpty, _ => { }, machine => RollbackAsync(machine, ""));

    [TestCase(ObjectStoreFault.Denied, DeploymentError.StoreDenied)]
    [TestCase(ObjectStoreFault.Unavailable, DeploymentError.StoreUnavailable)]
    [TestCase(ObjectStoreFault.TimedOut, DeploymentError.StoreUnavailable)]
    [TestCase(ObjectStoreFault.NoSuchBucket, DeploymentError.StoreUnavailable)]
    [TestCase(ObjectStoreFault.Corrupt, DeploymentError.StoreUnavailable)]
    public Task Store_that_refuses_or_is_away_is_told(ObjectStoreFault fault, DeploymentError error) => AssertRefusedAsync(
        error,
        machine => machine.Store.BeforeCall = (_, _) => throw new ObjectStoreException(fault, "the store says no"),
        machine => DeployAsync(machine, machine.Config("r1")));

    [Test]
    public Task Engine_that_is_away_is_told() => AssertRefusedAsync(
        DeploymentError.EngineUnavailable,
        machine => machine.IsEngineAway = true,
        machine => DeployAsync(machine, machine.Config("r1")));

    [Test]
    public Task Record_that_cannot_be_written_switches_nothing() => AssertRefusedAsync(
        DeploymentError.StateUnwritable,
        machine => Directory.Delete(machine.StateFolder, recursive: true),
        machine => DeployAsync(machine, machine.Config("r1")));

    [Test]
    public async Task Deployer_that_holds_the_lease_is_named()
    {
        var failure = await AssertRefusedAsync(
            DeploymentError.LeaseHeld,
            machine =>
            {
                var now = machine.Clock.GetUtcNow();
                var claim = new LeaseClaim("0000000000000001", "ada", "build7", now, now.AddSeconds(60));
                machine.Store.Seed(
                    ObjectKey.Lock(ScriptedMachine.Prefix, claim.Id),
                    JsonSerializer.SerializeToUtf8Bytes(claim, HistoryJsonContext.Default.LeaseClaim));
            },
            machine => DeployAsync(machine, machine.Config("r1")),
            ConditionSupport.Refused);

        Assert.That(failure.Details!.Holder, Does.Contain("ada"));
    }

    [Test]
    public async Task Store_that_goes_away_is_tried_again_and_named_once()
    {
        var clock = new ManualTimeProvider();
        await using var machine = new ScriptedMachine(clock);
        await machine.StartAsync();
        var before = machine.Lifecycle.Snapshot().Circuits!.Store.State;

        machine.Store.BeforeCall = (_, _) => throw new ObjectStoreException(ObjectStoreFault.Unavailable, "the store is away");
        await machine.AdvanceUntilAsync("the fault", () => machine.Lifecycle.Snapshot().StoreState != "Ok");
        var began = clock.GetUtcNow();
        await machine.AdvanceUntilAsync("five minutes of it", () => clock.GetUtcNow() - began > TimeSpan.FromMinutes(5));
        await machine.AdvanceUntilAsync("the pause", () => machine.Lifecycle.Snapshot().Circuits!.Store.NextTry is not null);
        var away = machine.Lifecycle.Snapshot();
        machine.Store.BeforeCall = null;
        await machine.AdvanceUntilAsync("the store again", () => machine.Lifecycle.Snapshot().StoreState == "Ok");

        Assert.That((before, away.StoreState, away.Circuits!.Store.State), Is.EqualTo(("closed", "the store is away", "open")));
        Assert.That(away.DockerState, Is.EqualTo("Ok"));
        Assert.That(
            machine.Log.MessagesFrom(LogLevel.Information, "Object store"),
            Is.EqualTo(new[] { "Object store: the store is away", "Object store: Ok" }));
    }

    private static string HashOf(ScriptedMachine machine) => LaunchConfig.Parse(machine.Config("stored")).Hash.Value;

    private static void Store(ScriptedMachine machine) =>
        machine.Store.Seed($"service/container.{HashOf(machine)}.json", machine.Config("stored"));

    private static Task<DeployResult> DeployAsync(ScriptedMachine machine, byte[] config) =>
        machine.Lifecycle.DeployAsync(new DeployRequest { Config = config, By = "t" }, null, CancellationToken.None);

    private static Task<SwitchResult> SwitchAsync(ScriptedMachine machine, string hash) =>
        machine.Lifecycle.SwitchAsync(hash, new SwitchOptions { By = "t" }, CancellationToken.None);

    private static Task<DeployResult> RollbackAsync(ScriptedMachine machine, string target) =>
        machine.Lifecycle.RollbackAsync(new RollbackRequest { Target = target, By = "t" }, null, CancellationToken.None);

    private static async Task<DeploymentException> AssertRefusedAsync(
        DeploymentError error,
        Action<ScriptedMachine> arrange,
        Func<ScriptedMachine, Task> call,
        ConditionSupport conditions = ConditionSupport.Kept)
    {
        await using var machine = new ScriptedMachine(TimeProvider.System, conditions);
        await machine.StartAsync();
        arrange(machine);

        var failure = (await Assert.ThrowsAsync<DeploymentException>(() => call(machine)))!;

        Assert.That(failure.Error, Is.EqualTo(error), failure.ToString());
        Assert.That(machine.Traffic.History, Is.Empty);
        Assert.That(machine.Store.Keys, Has.None.EndsWith("history.json").And.None.EndsWith("current.json"));
        return failure;
    }
}
