using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Tests.Operations;

/// <summary>A call that comes as soon as the service answers does not fail for the start, and does not wait for a store that hangs.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class EarlyCallTests
{
    [Test]
    public async Task Deploy_before_the_start_has_begun_is_carried_out_after_it()
    {
        await using var machine = new ScriptedMachine(TimeProvider.System);
        machine.SeedCurrent("r1");
        machine.Create(machine.Traffic);

        var early = machine.DeployAsync("r2");
        await machine.Lifecycle.StartAsync(CancellationToken.None);
        await early;

        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r2"));
        Assert.That(await machine.CurrentAsync(), Is.EqualTo("r2"));
    }

    [Test]
    public async Task Deploys_while_the_start_launches_wait_and_the_same_hash_finds_it_running()
    {
        await using var machine = new ScriptedMachine(TimeProvider.System);
        machine.SeedCurrent("r1");
        using var launching = new SemaphoreSlim(0);
        using var goOn = new SemaphoreSlim(0);
        machine.OnStep = step =>
        {
            if (step == "start/created")
            {
                launching.Release();
                goOn.Wait();
            }
        };
        machine.Create(machine.Traffic);
        var start = Task.Run(() => machine.Lifecycle.StartAsync(CancellationToken.None));
        await launching.WaitAsync();

        using var caller = new CancellationTokenSource();
        var left = machine.Lifecycle.DeployAsync(new DeployRequest { Config = machine.Config("r3"), By = "t" }, null, caller.Token);
        var heard = new Listener();
        var first = machine.Lifecycle.DeployAsync(
            new DeployRequest { Config = machine.Config("r1"), By = "t" }, heard, CancellationToken.None);
        var second = machine.DeployAsync("r1");
        await caller.CancelAsync();
        Assert.That(() => left, Throws.InstanceOf<OperationCanceledException>());
        goOn.Release();
        await start;

        Assert.That(((await first).Method, (await second).Method), Is.EqualTo(("running", "running")));
        Assert.That(heard.Messages, Has.Some.Contains("healthy"), "hears how the start goes on");
        Assert.That(machine.Containers, Has.Count.EqualTo(1));
        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r1"));
    }

    [Test]
    public async Task Start_that_cannot_launch_lets_the_deploy_in()
    {
        await using var machine = new ScriptedMachine(TimeProvider.System);
        machine.SeedCurrent("r1");
        Task<DeployResult>? early = null;
        machine.OnStep = step =>
        {
            if (step == "start/Creating-Starting")
            {
                machine.RefuseStart = () => "no";
                early = machine.DeployAsync("r2");
            }
            else if (step == "start/Starting-Failed")
            {
                machine.RefuseStart = null;
            }
        };
        await machine.StartAsync();

        Assert.That((await early!).Method, Is.EqualTo("created"));
        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r2"));
    }

    [Test]
    public async Task Deploy_that_came_before_what_the_store_said_is_not_undone_by_it()
    {
        await using var machine = new ScriptedMachine(TimeProvider.System);
        machine.SeedCurrent("r1");
        Task<DeployResult>? deploy = null;
        machine.OnStep = step =>
        {
            // The start has read r1 from the store, and enters the gate only after the deploy of r2.
            if (step == "start/read")
            {
                deploy = machine.DeployAsync("r2");
                deploy.GetAwaiter().GetResult();
            }
        };

        await machine.StartAsync();
        await ScriptedMachine.EventuallyAsync("the start's end", () => Task.FromResult(machine.Record.Seen.Length > 0));

        Assert.That(deploy, Is.Not.Null);
        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r2"));
        Assert.That(machine.Traffic.History.Select(target => target!.Revision), Is.EqualTo(new[] { "r2" }));
    }

    [Test]
    public async Task Store_that_hangs_holds_up_neither_switch_nor_launch_of_what_runs_nor_events()
    {
        await using var machine = new ScriptedMachine(TimeProvider.System);
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        await machine.Lifecycle.LaunchAsync(await machine.StoreAsync("r2"), "t", null, CancellationToken.None);
        await machine.RestartAsync();

        // The record keeps the bytes, so that the calls need nothing of the store, and events wait here for less than a limit.
        machine.Store.Gate = new TaskCompletionSource();
        var began = TimeProvider.System.GetTimestamp();
        var launched = await machine.Lifecycle.LaunchAsync(machine.HashOf("r2"), "t", null, CancellationToken.None);
        var switched = await machine.Lifecycle.SwitchAsync(
            machine.HashOf("r2"), new SwitchOptions { By = "t" }, CancellationToken.None);
        await machine.Lifecycle.RecordEventAsync("drain", "t", "", CancellationToken.None);
        var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        machine.Store.Gate.SetResult();

        Assert.That((launched.Method, switched.Changed), Is.EqualTo(("running", true)));
        Assert.That(machine.Record.Config, Is.EqualTo(machine.Config("r2")));
        Assert.That(seconds, Is.LessThan(15), "half of what one hanging call takes");
    }

    [Test]
    public async Task Rollback_and_deploy_to_what_runs_read_no_config_from_the_store()
    {
        await using var machine = new ScriptedMachine(TimeProvider.System);
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        await machine.DeployAsync("r2");
        machine.Store.BeforeCall = (call, key) =>
        {
            if (call == "get" && key.Contains("/container.", StringComparison.Ordinal))
            {
                throw new ObjectStoreException(ObjectStoreFault.TimedOut, "no answer");
            }
        };

        var back = await machine.Lifecycle.RollbackAsync(
            new RollbackRequest { Target = "r1", By = "t" }, null, CancellationToken.None);

        Assert.That(back.HistoryPending, Is.False);
        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r1"));
    }
}
