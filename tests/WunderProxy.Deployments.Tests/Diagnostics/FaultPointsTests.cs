using WunderProxy.Deployments.Diagnostics;

namespace WunderProxy.Deployments.Tests.Diagnostics;

/// <summary>The list of points from which the kill tests take theirs.</summary>
[Parallelizable]
internal sealed class FaultPointsTests
{
    [Test]
    public async Task Trace_has_a_line_for_each_point_with_the_operation_of_its_flow()
    {
        using var folder = new TemporaryDirectory();
        var file = folder.Under("trace");
        var faults = FaultPoints.FromEnvironment(name => name == FaultPoints.TraceVariable ? file : null);

        faults.Hit("before");
        var flow = Task.Run(async () =>
        {
            faults.Enter("deploy");
            faults.Hit("created");
            await Task.Run(() => faults.Hit("started"));
        });
        await flow;
        faults.Hit("after");

        Assert.That(
            await File.ReadAllLinesAsync(file), Is.EqualTo(new[] { "idle/before", "deploy/created", "deploy/started", "idle/after" }));
    }

    [TestCase(null)]
    [TestCase("")]
    public void Without_variables_points_do_nothing(string? value) =>
        Assert.That(FaultPoints.FromEnvironment(_ => value), Is.SameAs(FaultPoints.None));

    [Test]
    public void Point_that_is_another_one_ends_nothing()
    {
        var faults = FaultPoints.FromEnvironment(name => name == FaultPoints.Variable ? "deploy/created#2" : null);
        faults.Enter("deploy");

        Assert.That(() => Hit(faults, "started", "created"), Throws.Nothing, "the first time of two");
    }

    private static void Hit(FaultPoints faults, params string[] steps) => Array.ForEach(steps, faults.Hit);
}
