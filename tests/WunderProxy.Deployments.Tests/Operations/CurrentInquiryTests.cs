namespace WunderProxy.Deployments.Tests.Operations;

/// <summary>What is asked of the engine about the container in service, and what is said when it does not answer.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class CurrentInquiryTests
{
    [Test]
    public async Task Container_in_service_is_described()
    {
        await using var machine = new ScriptedMachine(TimeProvider.System);
        await machine.StartAsync();
        await machine.DeployAsync("r1");

        var report = await machine.Lifecycle.AskCurrentAsync(CancellationToken.None);

        Assert.That((report.Container, report.IsRunning), Is.EqualTo(("made1", (bool?)true)));
    }

    [Test]
    public async Task Engine_that_is_away_is_said_to_be_missing()
    {
        await using var machine = new ScriptedMachine(TimeProvider.System);
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        machine.IsEngineAway = true;

        var report = await machine.Lifecycle.AskCurrentAsync(CancellationToken.None);

        Assert.That(report.Log, Is.Null);
        Assert.That(report.Missing, Is.Not.Empty);
    }

    [Test]
    public async Task Without_a_container_there_is_nothing_to_ask()
    {
        await using var machine = new ScriptedMachine(TimeProvider.System);
        await machine.StartAsync();

        Assert.That((await machine.Lifecycle.AskCurrentAsync(CancellationToken.None)).Missing, Has.One.Contains("no container"));
    }
}
