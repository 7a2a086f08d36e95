using System.Text.Json.Nodes;
using WunderProxy.Deployments.Contracts;

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

    private static async Task<ScriptedMachine> StartAsync()
    {
        var machine = new ScriptedMachine(TimeProvider.System);
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        await machine.DeployAsync("r2");
        return machine;
    }
}
