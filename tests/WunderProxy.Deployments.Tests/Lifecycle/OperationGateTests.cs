using WunderProxy.Deployments.Lifecycle;

namespace WunderProxy.Deployments.Tests.Lifecycle;

[TestFixture]
[Parallelizable]
internal sealed class OperationGateTests
{
    [Test]
    public async Task Same_call_joins_and_another_is_busy()
    {
        using var gate = new OperationGate(TimeProvider.System, FaultPoints.None);
        var work = new TaskCompletionSource<int>();

        var first = Run(gate, "deploy", "a", work.Task);
        var second = Run(gate, "deploy", "a", Task.FromResult(9));
        var other = Assert.ThrowsAsync<DeploymentException>(() => Run(gate, "deploy", "b", Task.FromResult(9)))!;
        var kind = Assert.ThrowsAsync<DeploymentException>(() => Run(gate, "launch", "a", Task.FromResult(9)))!;
        work.SetResult(7);

        Assert.That((await first, await second), Is.EqualTo((7, 7)));
        Assert.That(other.Details!.Operation!.Reference, Is.EqualTo("a"));
        Assert.That(kind.Code, Is.EqualTo("busy"));
        Assert.That(await Run(gate, "launch", "a", Task.FromResult(9)), Is.EqualTo(9));
    }

    [Test]
    public async Task Operation_goes_on_when_its_caller_leaves()
    {
        using var gate = new OperationGate(TimeProvider.System, FaultPoints.None);
        var work = new TaskCompletionSource<int>();
        using var caller = new CancellationTokenSource();

        var left = gate.RunAsync("deploy", "a", null, (_, _) => work.Task, caller.Token);
        await caller.CancelAsync();
        Assert.That(() => left, Throws.InstanceOf<OperationCanceledException>());
        var joined = Run(gate, "deploy", "a", Task.FromResult(0));
        work.SetResult(7);

        Assert.That(await joined, Is.EqualTo(7));
    }

    [Test]
    public async Task Start_that_only_looks_is_waited_for_and_one_that_launches_is_busy()
    {
        using var gate = new OperationGate(TimeProvider.System, FaultPoints.None);
        var looked = new TaskCompletionSource<int>();
        Operation? start = null;
        var starting = gate.RunAsync(
            Operation.Start,
            "",
            null,
            (operation, _) =>
            {
                start = operation;
                return looked.Task;
            },
            CancellationToken.None);

        var waiting = Run(gate, "deploy", "a", Task.FromResult(1));
        Assert.That(gate.View, Is.Null);
        looked.SetResult(0);
        await starting;
        Assert.That(await waiting, Is.EqualTo(1));

        var launching = new TaskCompletionSource<int>();
        var again = gate.RunAsync(
            Operation.Start,
            "",
            null,
            (operation, _) =>
            {
                operation.Report(new DeploymentProgress("pulling", "pulling"));
                return launching.Task;
            },
            CancellationToken.None);
        Assert.That(() => Run(gate, "deploy", "a", Task.FromResult(1)), Throws.TypeOf<DeploymentException>());
        launching.SetResult(0);
        await again;
        Assert.That(start!.IsQuiet);
    }

    [Test]
    public async Task Failure_reaches_every_caller_and_opens_the_gate()
    {
        using var gate = new OperationGate(TimeProvider.System, FaultPoints.None);
        var work = new TaskCompletionSource<int>();

        var first = Run(gate, "deploy", "a", work.Task);
        var second = Run(gate, "deploy", "a", work.Task);
        work.SetException(new InvalidOperationException("no"));

        Assert.That(() => first, Throws.InvalidOperationException);
        Assert.That(() => second, Throws.InvalidOperationException);
        Assert.That(await Run(gate, "deploy", "b", Task.FromResult(1)), Is.EqualTo(1));
    }

    private static Task<int> Run(OperationGate gate, string kind, string reference, Task<int> work) =>
        gate.RunAsync(kind, reference, null, (_, _) => work, CancellationToken.None);
}
