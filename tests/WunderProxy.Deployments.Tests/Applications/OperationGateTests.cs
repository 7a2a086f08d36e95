using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Applications;

[TestFixture]
[Parallelizable]
internal sealed class OperationGateTests
{
    [Test]
    public async Task Same_call_joins_and_another_is_busy()
    {
        using var gate = NewGate();
        var work = new TaskCompletionSource<int>();

        var first = Run(gate, OperationKind.Deploy, "a", work.Task);
        var second = Run(gate, OperationKind.Deploy, "a", Task.FromResult(9));
        var other = (await Assert.ThrowsAsync<DeploymentException>(() => Run(gate, OperationKind.Deploy, "b", Task.FromResult(9))))!;
        var kind = (await Assert.ThrowsAsync<DeploymentException>(() => Run(gate, OperationKind.Launch, "a", Task.FromResult(9))))!;
        work.SetResult(7);

        Assert.That((await first, await second), Is.EqualTo((7, 7)));
        Assert.That(other.Details!.Operation!.Reference, Is.EqualTo("a"));
        Assert.That(kind.Code, Is.EqualTo("busy"));
        Assert.That(await Run(gate, OperationKind.Launch, "a", Task.FromResult(9)), Is.EqualTo(9));
    }

    [Test]
    public async Task Operation_goes_on_when_its_caller_leaves()
    {
        using var gate = NewGate();
        var work = new TaskCompletionSource<int>();
        using var caller = new CancellationTokenSource();

        var left = gate.RunAsync(OperationKind.Deploy, "a", null, (_, _) => work.Task, caller.Token);
        await caller.CancelAsync();
        Assert.That(() => left, Throws.InstanceOf<OperationCanceledException>());
        var joined = Run(gate, OperationKind.Deploy, "a", Task.FromResult(0));
        work.SetResult(7);

        Assert.That(await joined, Is.EqualTo(7));
    }

    [Test]
    public async Task Start_is_waited_for_whether_it_looks_or_launches()
    {
        using var gate = NewGate();
        foreach (var isLaunching in new[] { false, true })
        {
            var start = new TaskCompletionSource<int>();
            var starting = await BeginAsync(gate, OperationKind.Start, start.Task, isLaunching);

            var waiting = Run(gate, OperationKind.Deploy, "a", Task.FromResult(1));
            Assert.That(gate.View is not null, Is.EqualTo(isLaunching));
            start.SetResult(0);

            await starting;
            Assert.That(await waiting, Is.EqualTo(1));
        }
    }

    [Test]
    public async Task Recovery_that_looks_is_waited_for_and_one_that_launches_is_busy()
    {
        using var gate = NewGate();
        var looked = new TaskCompletionSource<int>();
        var looking = await BeginAsync(gate, OperationKind.Recovery, looked.Task, isLaunching: false);
        var waiting = Run(gate, OperationKind.Deploy, "a", Task.FromResult(1));
        looked.SetResult(0);
        await looking;
        Assert.That(await waiting, Is.EqualTo(1));

        var launched = new TaskCompletionSource<int>();
        var launching = await BeginAsync(gate, OperationKind.Recovery, launched.Task, isLaunching: true);
        Assert.That(() => Run(gate, OperationKind.Deploy, "a", Task.FromResult(1)), Throws.TypeOf<DeploymentException>());
        launched.SetResult(0);
        await launching;
    }

    [Test]
    public async Task Call_before_the_start_waits_for_it()
    {
        using var gate = new OperationGate(TimeProvider.System, FaultPoints.None, TimeSpan.FromMinutes(1));
        var order = new List<string>();

        var early = gate.RunAsync(OperationKind.Deploy, "a", null, (_, _) => Note("deploy"), CancellationToken.None);
        var start = gate.RunAsync(OperationKind.Start, "", null, (_, _) => Note("start"), CancellationToken.None);
        await Task.WhenAll(early, start);

        Assert.That(order, Is.EqualTo(new[] { "start", "deploy" }));

        Task<int> Note(string step)
        {
            order.Add(step);
            return Task.FromResult(0);
        }
    }

    [Test]
    public async Task Call_is_let_in_when_no_start_can_begin()
    {
        using var gate = new OperationGate(TimeProvider.System, FaultPoints.None, TimeSpan.FromMinutes(1));

        var early = Run(gate, OperationKind.Deploy, "a", Task.FromResult(7));
        gate.OpenUnstarted();

        Assert.That(await early, Is.EqualTo(7));
    }

    [Test]
    public async Task Start_that_fails_lets_the_waiting_calls_in_one_after_the_other()
    {
        using var gate = NewGate();
        var start = new TaskCompletionSource<int>();
        var starting = await BeginAsync(gate, OperationKind.Start, start.Task, isLaunching: true);
        var deploy = new TaskCompletionSource<int>();

        var first = Run(gate, OperationKind.Deploy, "a", deploy.Task);
        var same = Run(gate, OperationKind.Deploy, "a", deploy.Task);
        start.SetException(new InvalidOperationException("no"));
        Assert.That(() => starting, Throws.InvalidOperationException);
        deploy.SetResult(7);

        Assert.That((await first, await same), Is.EqualTo((7, 7)));
    }

    [Test]
    public async Task Start_that_takes_too_long_is_busy_after_the_launch_timeout()
    {
        var clock = new ManualTimeProvider();
        using var gate = new OperationGate(clock, FaultPoints.None, TimeSpan.FromSeconds(60));
        var start = new TaskCompletionSource<int>();
        var starting = await BeginAsync(gate, OperationKind.Start, start.Task, isLaunching: true);

        var waiting = Run(gate, OperationKind.Deploy, "a", Task.FromResult(1));
        await clock.WaitForTimersAsync();
        clock.Advance(TimeSpan.FromSeconds(59));
        Assert.That(waiting.IsCompleted, Is.False);
        clock.Advance(TimeSpan.FromSeconds(1));
        var busy = (await Assert.ThrowsAsync<DeploymentException>(() => waiting))!;
        start.SetResult(0);
        await starting;

        Assert.That((busy.Code, busy.Details!.Operation!.Kind), Is.EqualTo(("busy", "start")));
    }

    [Test]
    public async Task Caller_that_leaves_while_the_start_runs_begins_nothing()
    {
        using var gate = NewGate();
        var start = new TaskCompletionSource<int>();
        var starting = await BeginAsync(gate, OperationKind.Start, start.Task, isLaunching: true);
        using var caller = new CancellationTokenSource();
        var hasRun = false;

        var waiting = gate.RunAsync(OperationKind.Deploy, "a", null, (_, _) => Task.FromResult(hasRun = true), caller.Token);
        await caller.CancelAsync();
        Assert.That(() => waiting, Throws.InstanceOf<OperationCanceledException>());
        start.SetResult(0);
        await starting;

        Assert.That(await Run(gate, OperationKind.Deploy, "b", Task.FromResult(1)), Is.EqualTo(1));
        Assert.That(hasRun, Is.False);
    }

    [Test]
    public async Task Call_that_names_the_same_config_by_its_other_digest_joins()
    {
        using var gate = NewGate();
        var config = TestConfigs.Of("r1");
        var named = new TaskCompletionSource();
        var work = new TaskCompletionSource<int>();

        var first = gate.RunAsync(
            OperationKind.Deploy,
            config.Alias.Value,
            null,
            (operation, _) =>
            {
                operation.AddNames(config);
                named.SetResult();
                return work.Task;
            },
            CancellationToken.None);
        await named.Task;
        var second = Run(gate, OperationKind.Deploy, config.Hash.Value, Task.FromResult(9));
        work.SetResult(7);

        Assert.That((await first, await second), Is.EqualTo((7, 7)));
    }

    [Test]
    public async Task Failure_reaches_every_caller_and_opens_the_gate()
    {
        using var gate = NewGate();
        var work = new TaskCompletionSource<int>();

        var first = Run(gate, OperationKind.Deploy, "a", work.Task);
        var second = Run(gate, OperationKind.Deploy, "a", work.Task);
        work.SetException(new InvalidOperationException("no"));

        Assert.That(() => first, Throws.InvalidOperationException);
        Assert.That(() => second, Throws.InvalidOperationException);
        Assert.That(await Run(gate, OperationKind.Deploy, "b", Task.FromResult(1)), Is.EqualTo(1));
    }

    private static Task<int> Run(OperationGate gate, OperationKind kind, string reference, Task<int> work) =>
        gate.RunAsync(kind, reference, null, (_, _) => work, CancellationToken.None);

    /// <summary>Begins an operation; its work is inside when this returns.</summary>
    private static async Task<Task<int>> BeginAsync(OperationGate gate, OperationKind kind, Task<int> end, bool isLaunching)
    {
        var begun = new TaskCompletionSource();
        var work = gate.RunAsync(
            kind,
            "",
            null,
            (operation, _) =>
            {
                if (isLaunching)
                {
                    operation.Report(new DeploymentProgress("pulling", "pulling"));
                }

                begun.SetResult();
                return end;
            },
            CancellationToken.None);
        await begun.Task;
        return work;
    }

    private static OperationGate NewGate()
    {
        var gate = new OperationGate(TimeProvider.System, FaultPoints.None, TimeSpan.FromMinutes(1));
        gate.OpenUnstarted();
        return gate;
    }
}
