using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Tests.Operations;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Launching;

/// <summary>
/// The engine's <c>start</c> event, or its answer to the start, lets a launch begin to probe. In all other tests of
/// launches the event never comes.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class ContainerStarterTests
{
    private readonly ManualTimeProvider _clock = new();

    /// <summary>Completes when the start is called.</summary>
    private readonly TaskCompletionSource _called = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The start is answered when this completes.</summary>
    private readonly TaskCompletionSource _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Test]
    public async Task Event_of_the_container_begins_the_probes_before_the_answer()
    {
        await using var machine = await StartAsync();

        var deploying = machine.DeployAsync("r1");
        await _called.Task;
        machine.SetState("r1", "running");
        await machine.Docker.TellAsync("start", "made1");
        await deploying;

        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r1"));
        Assert.That(_answer.Task.IsCompleted, Is.False, "the start is not answered");
        _answer.SetResult();
    }

    [Test]
    public async Task Event_of_another_container_or_of_an_earlier_run_begins_nothing()
    {
        await using var machine = await StartAsync();

        var deploying = machine.DeployAsync("r1");
        await _called.Task;
        await machine.Docker.TellAsync("start", "other");
        await machine.Docker.TellAsync("start", "made1");
        await machine.Docker.TellAsync("start", "made1");
        await ScriptedMachine.EventuallyAsync("a look at the container", () => Task.FromResult(
            machine.Engine.Calls.Any(call => call.EndsWith("/containers/made1/json", StringComparison.Ordinal))));
        var hadBegun = machine.Lifecycle.Snapshot().Operation!.State;
        _answer.SetResult();
        await deploying;

        Assert.That(hadBegun, Is.EqualTo("starting"));
        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r1"));
    }

    [Test]
    public async Task Start_that_is_refused_after_an_event_fails_the_launch()
    {
        await using var machine = await StartAsync();
        machine.RefuseStart = () => "no such network";

        var deploying = machine.DeployAsync("r1");
        await _called.Task;
        await machine.Docker.TellAsync("start", "made1");
        _answer.SetResult();
        var failure = (await Assert.ThrowsAsync<DeploymentException>(() => deploying))!;

        Assert.That(failure.Code, Is.EqualTo("start_failed"));
    }

    [Test]
    public async Task Stream_of_events_that_has_ended_leaves_the_answer()
    {
        await using var machine = await StartAsync();
        await machine.Docker.EndEventsAsync();

        var deploying = machine.DeployAsync("r1");
        await _called.Task;
        _answer.SetResult();
        await deploying;

        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r1"));
    }

    [Test]
    public async Task Kept_container_is_probed_after_the_event_of_its_new_start_alone()
    {
        await using var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        await machine.DeployAsync("r2");
        await machine.UntilContainersAreAsync("made1 exited", "made2 running");
        await ScriptedMachine.EventuallyAsync("the kept one", () => Task.FromResult(
            machine.InCare.SequenceEqual(["r1 kept", "r2 current"], StringComparer.Ordinal)));
        DelayStarts(machine);
        var startedAt = "start 1";
        machine.Docker.Inspecting = (revision, details) => details["State"]!["StartedAt"] = revision == "r1" ? startedAt : "start 1";

        var goingBack = machine.RollbackAsync("r1");
        await _called.Task;
        machine.SetState("r1", "running");
        var looks = Looks();
        await machine.Docker.TellAsync("start", "made1");
        await ScriptedMachine.EventuallyAsync("a look at the container", () => Task.FromResult(Looks() > looks));
        var step = machine.Lifecycle.Snapshot().Operation!.State;
        startedAt = "start 2";
        _answer.SetResult();
        await goingBack;

        Assert.That(step, Is.EqualTo("starting"), "the event told of the run before");
        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r1"));

        int Looks() => machine.Engine.Calls.Count(call => call.EndsWith("/containers/made1/json", StringComparison.Ordinal));
    }

    private async Task<ScriptedMachine> StartAsync()
    {
        var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();
        DelayStarts(machine);
        return machine;
    }

    private void DelayStarts(ScriptedMachine machine) => machine.Engine.Delay = request =>
    {
        if (!request.RequestUri!.AbsolutePath.EndsWith("/start", StringComparison.Ordinal))
        {
            return Task.CompletedTask;
        }

        _called.TrySetResult();
        return _answer.Task;
    };
}
