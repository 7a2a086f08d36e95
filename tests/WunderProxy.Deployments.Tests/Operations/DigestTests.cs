using System.Text;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Records;

namespace WunderProxy.Deployments.Tests.Operations;

/// <summary>The SHA-256 of its bytes is the identity of a launch config; its MD5 is an alias wherever a hash is taken.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class DigestTests
{
    private static readonly string[] Names = ["md5", "MD5", "sha", "SHA"];

    [Test]
    public async Task Config_is_deployed_by_each_name_and_under_whichever_it_lies(
        [ValueSource(nameof(Names))] string name, [Values("md5", "sha")] string key)
    {
        await using var machine = new ScriptedMachine(TimeProvider.System);
        await machine.StartAsync();
        machine.Store.Seed(KeyOf(machine, key), machine.Config("r1"));

        var deployed = await DeployAsync(machine, NameOf(machine, name));

        Assert.That((deployed.HistoryPending, deployed.Hash), Is.EqualTo((false, machine.HashOf("r1"))));
        Assert.That((await machine.Lifecycle.GetHistoryAsync(CancellationToken.None)).Single().Hash, Is.EqualTo(machine.HashOf("r1")));
        Assert.That(await machine.CurrentAsync(), Is.EqualTo("r1"));
        Assert.That(machine.Record.Intents, Is.Empty);
    }

    [Test]
    public async Task Same_config_under_all_its_names_is_one_deployment()
    {
        await using var machine = new ScriptedMachine(TimeProvider.System);
        await machine.StartAsync();
        machine.Store.Seed(KeyOf(machine, "md5"), machine.Config("r1"));

        var results = new List<DeployResult>();
        foreach (var name in Names)
        {
            results.Add(await DeployAsync(machine, NameOf(machine, name)));
        }

        Assert.That(results.Select(result => result.Method), Is.EqualTo(new[] { "created", "running", "running", "running" }));
        Assert.That(results.Select(result => (result.Hash, result.Container)).Distinct().Count(), Is.EqualTo(1));
        Assert.That(await machine.HistoryAsync(), Is.EqualTo(new[] { "r1" }));
    }

    [Test]
    public async Task Rollback_goes_to_an_entry_that_names_the_md5([Values("md5", "MD5")] string entry, [Values("md5", "sha")] string key)
    {
        await using var machine = new ScriptedMachine(TimeProvider.System);
        await machine.StartAsync();
        machine.Store.Seed(KeyOf(machine, key), machine.Config("r1"));
        machine.Store.Seed($"{ScriptedMachine.Prefix}/history.json", Encoding.UTF8.GetBytes(
            $$"""[{"Revision":"r1","DeployedAt":"2015-01-01T00:00:00Z","DeployedBy":"x","Hash":"{{NameOf(machine, entry)}}"}]"""));
        await machine.DeployAsync("r2");

        var back = await machine.Lifecycle.RollbackAsync(new RollbackRequest { By = "t" }, null, CancellationToken.None);

        Assert.That((back.HistoryPending, back.Hash), Is.EqualTo((false, machine.HashOf("r1"))));
        Assert.That(await machine.HistoryAsync(), Is.EqualTo(new[] { "r1" }));
        Assert.That(await machine.CurrentAsync(), Is.EqualTo("r1"));
        Assert.That((await machine.Lifecycle.GetHistoryAsync(CancellationToken.None)).Single().Current);
    }

    [Test]
    public async Task Rollback_to_an_entry_whose_hash_is_none_is_told_and_switches_nothing()
    {
        await using var machine = new ScriptedMachine(TimeProvider.System);
        await machine.StartAsync();
        machine.Store.Seed($"{ScriptedMachine.Prefix}/history.json", Encoding.UTF8.GetBytes(
            """[{"Revision":"r1","DeployedAt":"2015-01-01T00:00:00Z","DeployedBy":"x","Hash":"../../x"}]"""));
        await machine.DeployAsync("r2");

        var refused = (await Assert.ThrowsAsync<DeploymentException>(() => machine.Lifecycle.RollbackAsync(
            new RollbackRequest { Target = "r1", By = "t" }, null, CancellationToken.None)))!;

        Assert.That(refused.Message, Does.Contain("../../x").And.Contain("r1"));
        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r2"));
    }

    [Test]
    public async Task Intent_is_completed_at_a_start_from_a_config_that_lies_under_its_md5()
    {
        await using var machine = new ScriptedMachine(TimeProvider.System);
        machine.Store.Seed(KeyOf(machine, "md5"), machine.Config("r1"));
        var config = LaunchConfig.Parse(machine.Config("r1"));
        machine.AddContainer("one", config.Hash.Value, "r1", "running", machine.Clock.GetUtcNow());

        await machine.StartAsync(new LifecycleRecord
        {
            Hash = config.Hash.Value,
            Container = "one",
            Intents = [DeploymentIntent.Deploy(config, "t", machine.Clock.GetUtcNow())],
        });

        Assert.That(await machine.HistoryAsync(), Is.EqualTo(new[] { "r1" }));
        Assert.That(await machine.CurrentAsync(), Is.EqualTo("r1"));
        Assert.That(machine.Record.Config, Is.EqualTo(machine.Config("r1")), "filled in from the store");
    }

    [Test]
    public async Task Container_that_knows_only_its_identity_is_switched_to_and_launched_by_md5([ValueSource(nameof(Names))] string name)
    {
        await using var machine = new ScriptedMachine(TimeProvider.System);
        machine.Store.Seed(KeyOf(machine, "md5"), machine.Config("r1"));
        machine.AddContainer("one", machine.HashOf("r1"), "r1", "running", machine.Clock.GetUtcNow());
        await machine.StartAsync();

        var switched = await machine.Lifecycle.SwitchAsync(
            NameOf(machine, name), new SwitchOptions { By = "t" }, CancellationToken.None);
        var launched = await machine.Lifecycle.LaunchAsync(NameOf(machine, name), "t", null, CancellationToken.None);

        Assert.That((switched.Container, switched.Hash), Is.EqualTo(("one", machine.HashOf("r1"))));
        Assert.That((launched.Container, launched.Method), Is.EqualTo(("one", "running")));
    }

    [Test]
    public async Task Config_is_read_by_each_name([ValueSource(nameof(Names))] string name, [Values("md5", "sha")] string key)
    {
        await using var machine = new ScriptedMachine(TimeProvider.System);
        await machine.StartAsync();
        machine.Store.Seed(KeyOf(machine, key), machine.Config("r1"));

        var bytes = await machine.Lifecycle.GetConfigAsync(NameOf(machine, name), CancellationToken.None);

        Assert.That(bytes.ToArray(), Is.EqualTo(machine.Config("r1")));
    }

    private static string NameOf(ScriptedMachine machine, string name)
    {
        var config = LaunchConfig.Parse(machine.Config("r1"));
        var digits = name.Equals("md5", StringComparison.OrdinalIgnoreCase) ? config.Alias.Value : config.Hash.Value;
        return char.IsAsciiLetterUpper(name[0]) ? digits.ToUpperInvariant() : digits;
    }

    private static string KeyOf(ScriptedMachine machine, string name) =>
        $"{ScriptedMachine.Prefix}/container.{NameOf(machine, name)}.json";

    private static Task<DeployResult> DeployAsync(ScriptedMachine machine, string reference) =>
        machine.Lifecycle.DeployAsync(new DeployRequest { Reference = reference, By = "t" }, null, CancellationToken.None);
}
