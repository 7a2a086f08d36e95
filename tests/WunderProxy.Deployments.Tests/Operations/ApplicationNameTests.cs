using System.Text.Json;
using System.Text.Json.Nodes;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Tests.Operations;

/// <summary>Names of applications that no image, container or file could have.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ApplicationNameTests
{
    [TestCase("Shop")]
    [TestCase("_shop")]
    [TestCase("büro 7")]
    public async Task Name_that_no_image_can_have_is_refused_only_where_the_image_is_named_by_it(string app)
    {
        await using var machine = new ScriptedMachine(TimeProvider.System, app: app);
        await machine.StartAsync();
        var named = machine.Config("r1");
        var unnamed = JsonNode.Parse(named)!.AsObject();
        unnamed["ContainerConfig"]!.AsObject().Remove("Image");

        var deployed = await DeployAsync(machine, named);
        var refused = (await Assert.ThrowsAsync<DeploymentException>(
            () => DeployAsync(machine, JsonSerializer.SerializeToUtf8Bytes(unnamed))))!;

        Assert.That(deployed.Container, Is.EqualTo("made1"));
        Assert.That(refused.Code, Is.EqualTo("invalid_config"));
        Assert.That(refused.Message, Does.Contain("ContainerConfig.Image").And.Contain($"'{app}'"));
        Assert.That(machine.Traffic.Current?.ContainerId, Is.EqualTo("made1"));
    }

    [Test]
    public void State_directory_has_a_name_that_a_file_can_have()
    {
        var directory = new ServiceName("bucket", "prefix", new string('x', 300)).DirectoryName;

        Assert.That(directory, Has.Length.EqualTo(255));
        Assert.That(new ServiceName("bucket", "prefix", new string('x', 301)).DirectoryName, Is.Not.EqualTo(directory));
        Assert.That(new ServiceName("bucket", "prefix", "shop").DirectoryName, Does.Match("^shop-[0-9a-f]{8}$"));
    }

    private static Task<DeployResult> DeployAsync(ScriptedMachine machine, byte[] config) =>
        machine.Lifecycle.DeployAsync(new DeployRequest { Config = config, By = "test" }, null, CancellationToken.None);
}
