using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Tests.Operations;

/// <summary>What is kept of a launch that failed.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class FailedLaunchTests
{
    [Test]
    public async Task Failed_deploy_is_explained_with_its_caller_also_after_a_restart()
    {
        // Long enough for the answer to one probe, also on a busy machine.
        await using var machine = new ScriptedMachine(TimeProvider.System) { LaunchTimeout = TimeSpan.FromSeconds(2) };
        machine.StatusOf = _ => 404;
        await machine.StartAsync();

        await Assert.ThrowsAsync<DeploymentException>(() => machine.Lifecycle.DeployAsync(
            new DeployRequest { Config = machine.Config("r1"), By = "ada" }, null, CancellationToken.None));
        var before = machine.Lifecycle.ExplainLaunch()!;
        await machine.RestartAsync();
        var after = machine.Lifecycle.ExplainLaunch()!;

        Assert.That((before.Launch.Kind, before.Launch.By, before.Launch.Revision), Is.EqualTo(("deploy", "ada", "r1")));
        Assert.That(before.Cause.Code, Is.EqualTo("health_status"));
        Assert.That(before.Launch.Steps.Select(step => step.Step), Does.Contain("creating").And.Contain("checking"));
        Assert.That(after.Launch.By, Is.EqualTo("ada"));
        Assert.That(after.Cause, Is.EqualTo(before.Cause));
    }

    [Test]
    public async Task Launch_of_bytes_that_do_not_match_is_explained()
    {
        var hash = new string('a', 64);
        await using var machine = new ScriptedMachine(TimeProvider.System);
        machine.Store.Seed($"service/container.{hash}.json", "{}"u8);
        await machine.StartAsync();

        await Assert.ThrowsAsync<DeploymentException>(() => machine.Lifecycle.LaunchAsync(hash, "bob", null, CancellationToken.None));

        var found = machine.Lifecycle.ExplainLaunch()!;
        Assert.That((found.Cause.Code, found.Launch.Hash, found.Launch.By), Is.EqualTo(("hash_mismatch", hash, "bob")));
    }

    [Test]
    public async Task Without_a_failure_there_is_nothing_to_explain()
    {
        await using var machine = new ScriptedMachine(TimeProvider.System);
        await machine.StartAsync();

        Assert.That(machine.Lifecycle.ExplainLaunch(), Is.Null);
    }
}
