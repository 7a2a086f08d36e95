using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Storage;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Operations;

/// <summary>A machine whose own key may only read the store: it serves, launches and switches; deployers write.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ReadOnlyStoreTests
{
    private const string ReadOnly = "the store may only be read";

    [Test]
    public async Task Start_serves_what_is_current()
    {
        await using var machine = Create();

        await machine.StartAsync();

        Assert.That(machine.Lifecycle.Snapshot().Current?.Revision, Is.EqualTo("r1"));
        Assert.That(machine.Lifecycle.Snapshot().StoreState, Is.EqualTo("Ok"));
        Assert.That(machine.Lifecycle.Snapshot().Warnings, Has.One.StartsWith(ReadOnly));
    }

    [Test]
    public async Task Launch_and_switch_work_and_their_events_stay_on_this_machine()
    {
        await using var machine = Create();
        var next = Store(machine, "r2");
        await machine.StartAsync();

        await machine.Lifecycle.LaunchAsync(next, "t", null, CancellationToken.None);
        await machine.Lifecycle.SwitchAsync(next, new SwitchOptions { By = "t" }, CancellationToken.None);

        var events = Directory.GetFiles(Path.Combine(machine.StateFolder, "events")).Select(File.ReadAllText).ToArray();
        Assert.That(machine.Lifecycle.Snapshot().Current?.Revision, Is.EqualTo("r2"));
        Assert.That(machine.Lifecycle.Snapshot().StoreState, Is.EqualTo("Ok"));
        Assert.That(events, Has.One.Contains("\"launch\""));
        Assert.That(events, Has.Some.Contains("\"switch\"").And.Contains("r2"));
        Assert.That(machine.Log.MessagesFrom(LogLevel.Warning, ReadOnly), Has.Count.EqualTo(1));
        Assert.That(machine.Log.MessagesFrom(LogLevel.Information, "Object store"), Is.Empty);
    }

    [TestCase("deploy")]
    [TestCase("deploy by hash")]
    [TestCase("rollback")]
    public async Task Calls_that_must_write_are_denied_before_anything_is_launched(string kind)
    {
        await using var machine = Create();
        await machine.StartAsync();
        var before = machine.Containers;

        Assert.That(
            () => CallAsync(machine, kind),
            Throws.InstanceOf<DeploymentException>().With.Property("Error").EqualTo(DeploymentError.StoreDenied));
        Assert.That(machine.Containers, Is.EqualTo(before));
        Assert.That(machine.Lifecycle.Snapshot().StoreState, Is.EqualTo("Ok"));
    }

    [TestCase("deploy")]
    [TestCase("deploy by hash")]
    [TestCase("rollback")]
    public async Task Right_that_was_taken_away_since_the_start_is_missed_before_anything_is_launched(string kind)
    {
        await using var machine = Create();
        var deny = machine.Store.BeforeCall;
        machine.Store.BeforeCall = null;
        await machine.StartAsync();
        var before = machine.Containers;
        machine.Store.BeforeCall = deny;

        Assert.That(
            () => CallAsync(machine, kind),
            Throws.InstanceOf<DeploymentException>().With.Property("Error").EqualTo(DeploymentError.StoreDenied));
        Assert.That(machine.Containers, Is.EqualTo(before));
    }

    [Test]
    public async Task Right_that_comes_back_lets_the_events_go()
    {
        var clock = new ManualTimeProvider();
        await using var machine = Create(clock);
        await machine.StartAsync();
        machine.Store.BeforeCall = null;

        await machine.AdvanceUntilAsync("the events", () => machine.Store.Keys.Any(key => key.StartsWith("service/events/", StringComparison.Ordinal)));
        await machine.AdvanceUntilAsync("the end of the warning", () => machine.Lifecycle.Snapshot().Warnings.Count == 0);
    }

    [TestCase("{")]
    [TestCase("[1]")]
    public async Task History_that_cannot_be_read_keeps_nobody_from_being_served(string history)
    {
        await using var machine = Create();
        machine.Store.Seed("service/history.json", System.Text.Encoding.UTF8.GetBytes(history));

        await machine.StartAsync();

        Assert.That(machine.Lifecycle.Snapshot().Current?.Revision, Is.EqualTo("r1"));
        Assert.That(machine.Lifecycle.Snapshot().Warnings, Has.One.Contains("service/history.json"));
        Assert.That(machine.Lifecycle.Snapshot().PublicWarnings, Is.Not.Empty.And.None.Contains("service/"));
    }

    [Test]
    public async Task History_that_is_denied_for_want_of_the_right_to_list_keeps_nobody_from_being_served()
    {
        await using var machine = Create();
        machine.Store.BeforeCall = (_, key) =>
        {
            if (key.EndsWith("history.json", StringComparison.Ordinal))
            {
                throw new ObjectStoreException(ObjectStoreFault.Denied, "refused: s3:ListBucket is missing");
            }
        };

        await machine.StartAsync();

        Assert.That(machine.Lifecycle.Snapshot().Current?.Revision, Is.EqualTo("r1"));
        Assert.That(machine.Lifecycle.Snapshot().Warnings, Has.One.Contains("s3:ListBucket"));
    }

    [Test]
    public async Task Nobody_has_answered_before_the_start()
    {
        await using var machine = Create();
        machine.IsEngineAway = true;
        machine.Store.BeforeCall = (_, _) => throw new ObjectStoreException(ObjectStoreFault.Unavailable, "away");

        await machine.StartAsync();

        Assert.That(machine.Lifecycle.Snapshot().DockerState, Is.Not.EqualTo("Ok"));
        Assert.That(machine.Lifecycle.Snapshot().StoreState, Is.EqualTo("away"));
    }

    private static ScriptedMachine Create(TimeProvider? clock = null)
    {
        var machine = new ScriptedMachine(clock ?? TimeProvider.System);
        Store(machine, "r1");
        machine.Store.Seed("service/current.json", machine.Config("r1"));
        var hash = LaunchConfig.Parse(machine.Config("r0")).Hash;
        machine.Store.Seed(
            "service/history.json",
            System.Text.Encoding.UTF8.GetBytes($$"""[{"Revision":"r0","DeployedAt":"2026-01-01T00:00:00Z","DeployedBy":"t","Hash":"{{hash}}"}]"""));
        Store(machine, "r0");
        machine.Store.BeforeCall = (call, key) =>
        {
            if (call is "put" or "copy" or "delete")
            {
                throw new ObjectStoreException(ObjectStoreFault.Denied, $"refuses to {call} {key}") { IsWriteDenied = true };
            }
        };
        return machine;
    }

    private static string Store(ScriptedMachine machine, string revision)
    {
        var bytes = machine.Config(revision);
        var hash = LaunchConfig.Parse(bytes).Hash.Value;
        machine.Store.Seed($"service/container.{hash}.json", bytes);
        return hash;
    }

    private static Task<DeployResult> CallAsync(ScriptedMachine machine, string kind) => kind switch
    {
        "deploy" => DeployAsync(machine, new DeployRequest { Config = machine.Config("r9"), By = "t" }),
        "deploy by hash" => DeployAsync(machine, new DeployRequest { Reference = Store(machine, "r9"), By = "t" }),
        _ => machine.Lifecycle.RollbackAsync(new RollbackRequest { Target = "r0", By = "t" }, null, CancellationToken.None),
    };

    private static Task<DeployResult> DeployAsync(ScriptedMachine machine, DeployRequest request) =>
        machine.Lifecycle.DeployAsync(request, null, CancellationToken.None);
}
