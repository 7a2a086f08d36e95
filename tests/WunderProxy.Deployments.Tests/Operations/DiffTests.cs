using System.Text;
using System.Text.Json.Nodes;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Tests.Operations;

/// <summary>How the two launch configs of a comparison are found, and what was measured of them.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class DiffTests
{
    [Test]
    public async Task Last_deploy_is_compared_with_the_one_before_and_its_measurements()
    {
        await using var machine = await StartAsync();

        var diff = await machine.Lifecycle.DiffAsync("~1", "~0", showsTexts: true, CancellationToken.None);

        Assert.That((diff.From.Revision, diff.To.Revision), Is.EqualTo(("r1", "r2")));
        Assert.That(diff.Changes.Select(change => change.Path), Does.Contain("Revision"));
        Assert.That(diff.To.Measured!.StartSeconds, Is.Not.Null);
    }

    [Test]
    public async Task Hash_and_revision_name_the_same()
    {
        await using var machine = await StartAsync();

        var diff = await machine.Lifecycle.DiffAsync(machine.HashOf("r1"), "r1", showsTexts: true, CancellationToken.None);

        Assert.That(diff.Changes, Is.Empty);
    }

    [Test]
    public async Task Revision_of_several_launch_configs_means_the_newest_and_says_so()
    {
        await using var machine = await StartAsync();
        await machine.DeployAsync(machine.Config("r2", config => config["HostConfig"] = new JsonObject { ["Memory"] = 1 << 20 }));

        var diff = await machine.Lifecycle.DiffAsync("r1", "r2", showsTexts: true, CancellationToken.None);

        Assert.That(diff.Changes.Select(change => change.Path), Does.Contain("HostConfig.Memory"));
        Assert.That(diff.Notes, Has.One.Contains("newest"));
    }

    [TestCase("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", DeploymentError.NotFound)]
    [TestCase("nowhere", DeploymentError.HistoryEmpty)]
    [TestCase("~9", DeploymentError.HistoryEmpty)]
    public async Task Unknown_launch_config_is_not_found(string name, DeploymentError expected)
    {
        await using var machine = await StartAsync();

        var fault = await Assert.ThrowsAsync<DeploymentException>(
            () => machine.Lifecycle.DiffAsync(name, "~0", showsTexts: true, CancellationToken.None));

        Assert.That(fault!.Error, Is.EqualTo(expected));
    }

    [Test]
    public async Task Measurements_of_other_machines_come_from_their_events()
    {
        await using var machine = await StartAsync();
        machine.Store.Seed($"{ScriptedMachine.Prefix}/events/20260101T0000000000000Z-0.json", EventOf("web2", machine.HashOf("r1"), 900));
        machine.Store.Seed($"{ScriptedMachine.Prefix}/events/20260101T0000000000001Z-1.json", EventOf("web3", machine.HashOf("r1"), 100));

        var shown = await machine.Lifecycle.DiffAsync("r1", "r2", showsTexts: true, CancellationToken.None);
        var cut = await machine.Lifecycle.DiffAsync("r1", "r2", showsTexts: false, CancellationToken.None);

        var measured = shown.From.Measured!;
        Assert.That((measured.Machines, measured.Traffic!.Requests, measured.SlowestHost), Is.EqualTo((3, 1000L, "web2")));
        Assert.That(cut.From.Measured, Is.EqualTo(measured with { SlowestHost = null }));
        Assert.That((shown.Notes, cut.Notes), Is.EqualTo((Array.Empty<string>(), Array.Empty<string>())));
    }

    [Test]
    public async Task Absurd_events_change_nothing()
    {
        await using var machine = await StartAsync();
        var before = await machine.Lifecycle.DiffAsync("r1", "r2", showsTexts: true, CancellationToken.None);
        string[] absurd =
        [
            "", "7", "[]", "null", new string('[', 5_000), "{\"Type\":\"switch\"}", new string(' ', 1 << 20),
            Encoding.UTF8.GetString(EventOf("web2", machine.HashOf("r1"), -1)),
            Encoding.UTF8.GetString(EventOf("web2", machine.HashOf("r1"), long.MaxValue)),
        ];
        for (var number = 0; number < absurd.Length; number++)
        {
            machine.Store.Seed($"{ScriptedMachine.Prefix}/events/9{number}.json-x", Encoding.UTF8.GetBytes(absurd[number]));
        }

        var after = await machine.Lifecycle.DiffAsync("r1", "r2", showsTexts: true, CancellationToken.None);

        Assert.That((after.From, after.To, after.Notes), Is.EqualTo((before.From, before.To, before.Notes)));
        Assert.That((await machine.Lifecycle.GetEventsAsync(CancellationToken.None)).Select(happened => happened.Type), Does.Contain("deploy"));
    }

    [Test]
    public async Task Store_that_refuses_its_events_leaves_the_own_measurements_and_a_note()
    {
        await using var machine = await StartAsync();
        machine.Store.BeforeCall = (call, _) =>
        {
            if (call == "list")
            {
                throw new ObjectStoreException(ObjectStoreFault.Denied, "no");
            }
        };

        var diff = await machine.Lifecycle.DiffAsync("r1", "r2", showsTexts: false, CancellationToken.None);

        Assert.That(diff.To.Measured!.StartSeconds, Is.Not.Null);
        Assert.That(diff.Notes, Has.One.Contains("could not all be read"));
    }

    private static byte[] EventOf(string host, string hash, long requests) => Encoding.UTF8.GetBytes(
        $$$$"""{"Type":"switch","At":"2026-01-01T00:00:00Z","By":"ada","Host":"{{{{host}}}}","Measured":{"Before":{"Hash":"{{{{hash}}}}","CountedSeconds":9,"Requests":{{{{requests}}}},"P99":{{{{requests}}}}e-3}}}""");

    private static async Task<ScriptedMachine> StartAsync()
    {
        var machine = new ScriptedMachine(TimeProvider.System);
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        await machine.DeployAsync("r2");
        return machine;
    }
}
