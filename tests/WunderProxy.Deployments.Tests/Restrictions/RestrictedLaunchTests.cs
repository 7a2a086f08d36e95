using System.Text;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Restrictions;
using WunderProxy.Deployments.Tests.Operations;

namespace WunderProxy.Deployments.Tests.Restrictions;

/// <summary>Every way to a launch obeys: nothing is created and nothing is switched.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class RestrictedLaunchTests
{
    [TestCase("""{"privileged":true}""", "HostConfig.Privileged")]
    [TestCase("""{"bind\u017F":["/:/host"]}""", "HostConfig.Binds")]
    [TestCase("""{"publishAllPorts":true}""", "HostConfig.PublishAllPorts")]
    public async Task Deploy_names_the_field(string host, string field)
    {
        await using var machine = await StartAsync();

        var failure = (await Assert.ThrowsAsync<DeploymentException>(() => DeployAsync(machine, Config(machine, host))))!;

        Assert.That((failure.Error, failure.Code), Is.EqualTo((DeploymentError.Restricted, "restricted")));
        Assert.That(failure.Message, Does.Contain(field));
        Assert.That(machine.Traffic.History, Is.Empty);
        Assert.That(machine.Containers, Is.Empty);
    }

    [Test]
    public async Task Deploy_of_a_harmless_config_goes_through()
    {
        await using var machine = await StartAsync();

        await DeployAsync(machine, machine.Config("r1"));

        Assert.That(machine.Traffic.History, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Field_of_2015_is_judged_where_the_engine_reads_it()
    {
        await using var machine = await StartAsync();
        var config = Encoding.UTF8.GetBytes(
            $$"""{"ContainerConfig":{"Image":"there:1","VolumesFrom":"db"},"Revision":"r1","ContainerPort":"{{machine.Port}}/tcp"}""");

        Assert.That(
            () => DeployAsync(machine, config),
            Throws.InstanceOf<DeploymentException>().With.Message.Contains("HostConfig.VolumesFrom"));
    }

    [Test]
    public async Task Bucket_of_images_in_a_directory_elsewhere_is_refused()
    {
        await using var machine = await StartAsync();
        var config = """{"ContainerConfig":{"Image":"there:1"},"Revision":"r1","ImageBucket":"file:/root"}"""u8.ToArray();

        Assert.That(() => DeployAsync(machine, config), Throws.InstanceOf<DeploymentException>().With.Message.Contains("ImageBucket"));
    }

    [Test]
    public async Task Launch_rollback_and_start_obey_too()
    {
        await using var machine = new ScriptedMachine(TimeProvider.System) { Restriction = new LaunchRestriction() };
        var config = Config(machine, """{"Privileged":true}""");
        var hash = LaunchConfig.Parse(config).Hash.Value;
        machine.Store.Seed($"service/container.{hash}.json", config);
        machine.Store.Seed("service/current.json", config);
        machine.Store.Seed("service/history.json", Encoding.UTF8.GetBytes(
            $$"""[{"Revision":"r0","DeployedAt":"2026-01-01T00:00:00Z","DeployedBy":"a","Hash":"{{hash}}"},{"Revision":"r9","DeployedAt":"2026-01-02T00:00:00Z","DeployedBy":"a","Hash":"{{new string('a', 64)}}"}]"""));

        await machine.StartAsync();

        Assert.That(machine.Lifecycle.Snapshot().Warnings, Has.Some.Contain("(restricted)").And.Some.Contain("HostConfig.Privileged"));
        AssertRestricted(() => machine.Lifecycle.LaunchAsync(hash, "t", null, CancellationToken.None));
        AssertRestricted(() => machine.Lifecycle.RollbackAsync(
            new RollbackRequest { Target = hash, By = "t" }, null, CancellationToken.None));
        Assert.That(machine.Traffic.History, Is.Empty);
        Assert.That(machine.Containers, Is.Empty);
    }

    private static void AssertRestricted(Func<Task> call) => Assert.That(
        call, Throws.InstanceOf<DeploymentException>().With.Property("Error").EqualTo(DeploymentError.Restricted));

    private static async Task<ScriptedMachine> StartAsync()
    {
        var machine = new ScriptedMachine(TimeProvider.System) { Restriction = new LaunchRestriction() };
        await machine.StartAsync();
        return machine;
    }

    private static byte[] Config(ScriptedMachine machine, string host) => Encoding.UTF8.GetBytes(
        $$"""{"ContainerConfig":{"Image":"there:1"},"HostConfig":{{host}},"Revision":"r0","ContainerPort":"{{machine.Port}}/tcp"}""");

    private static Task<DeployResult> DeployAsync(ScriptedMachine machine, byte[] config) =>
        machine.Lifecycle.DeployAsync(new DeployRequest { Config = config, By = "t" }, null, CancellationToken.None);
}
