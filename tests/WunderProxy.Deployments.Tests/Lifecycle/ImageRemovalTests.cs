using WunderProxy.Deployments.Lifecycle;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Lifecycle;

/// <summary>Whose images lose their names when the last container of a revision goes.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ImageRemovalTests
{
    private const string Image = "localhost:8080/shop:r4";

    private readonly ManualTimeProvider _clock = new();

    [Test]
    public async Task Image_that_nobody_uses_loses_its_name() =>
        Assert.That(await RemoveOldestAsync(_ => { }), Has.Some.StartsWith("DELETE /v1.41/images/"));

    [Test]
    public async Task Image_by_whose_name_another_container_was_made_stays() => Assert.That(
        await RemoveOldestAsync(machine => machine.AddContainer("theirs", "debug", Image, "exited", [], _clock.GetUtcNow())),
        Has.None.StartsWith("DELETE /v1.41/images/"));

    [Test]
    public async Task Name_that_means_another_image_by_now_stays() => Assert.That(
        await RemoveOldestAsync(_ => { }, imageId: "sha256:before"), Has.None.StartsWith("DELETE /v1.41/images/"));

    /// <summary>Removes the kept container of <c>r4</c>, one more than are kept.</summary>
    private async Task<IReadOnlyList<string>> RemoveOldestAsync(Action<ScriptedMachine> change, string imageId = "sha256:1")
    {
        await using var machine = new ScriptedMachine(_clock);
        var kept = Enumerable.Range(1, 4).Select(i => Add(machine, i, "exited", i == 4 ? imageId : "sha256:1"));
        var launched = Add(machine, 9, "running", "sha256:1");
        change(machine);

        await machine.StartAsync(new LifecycleRecord { Earlier = [.. kept], Launched = [launched] });
        await machine.AdvanceUntilAsync("the oldest is gone", () => machine.Containers.All(c => !c.StartsWith("c4", StringComparison.Ordinal)));
        await machine.AdvanceUntilAsync("the removal is over", () => true);
        return machine.Engine.Calls;
    }

    private ContainerRecord Add(ScriptedMachine machine, int number, string state, string imageId)
    {
        var (id, revision, hash) = ($"c{number}", $"r{number}", new string((char)('0' + number), 64));
        var at = _clock.GetUtcNow() - TimeSpan.FromDays(number + 1);
        machine.AddContainer(
            id,
            ContainerName.Create(ScriptedMachine.App, revision, hash),
            $"localhost:8080/shop:{revision}",
            state,
            machine.LabelsOf(hash, revision),
            at,
            imageId);
        return new ContainerRecord(id, hash, revision, at);
    }
}
