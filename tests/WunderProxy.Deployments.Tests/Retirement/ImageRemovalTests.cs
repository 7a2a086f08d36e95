using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Records;
using WunderProxy.Deployments.Tests.Operations;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Retirement;

/// <summary>Whose images lose their names when the last container of a revision goes.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ImageRemovalTests
{
    private const string Image = "localhost:8080/shop:r4";

    private readonly ManualTimeProvider _clock = new();

    [Test]
    public async Task Image_that_nobody_uses_loses_its_name() =>
        Assert.That(await RemoveTwoOldestAsync(_ => { }), Does.Contain(Image));

    [Test]
    public async Task Image_by_whose_name_another_container_was_made_stays() => Assert.That(
        await RemoveTwoOldestAsync(machine => machine.AddContainer("theirs", "debug", Image, "exited", [], _clock.GetUtcNow())),
        Does.Not.Contain(Image));

    [Test]
    public async Task Name_that_means_another_image_by_now_stays() =>
        Assert.That(await RemoveTwoOldestAsync(_ => { }, imageId: "sha256:before"), Does.Not.Contain(Image));

    /// <summary>Removes the kept containers of <c>r4</c> and then <c>r5</c>, two more than are kept.</summary>
    /// <returns>The images that were removed.</returns>
    private async Task<IReadOnlyList<string>> RemoveTwoOldestAsync(Action<ScriptedMachine> change, string imageId = "sha256:1")
    {
        await using var machine = new ScriptedMachine(_clock);
        var kept = Enumerable.Range(1, 5).Select(i => Add(machine, i, "exited", i == 4 ? imageId : "sha256:1"));
        var launched = Add(machine, 9, "running", "sha256:1");
        change(machine);

        await machine.StartAsync(new LifecycleRecord { Earlier = [.. kept], Launched = [launched] });
        await machine.AdvanceUntilAsync("the last image is gone", () => RemovedImages(machine).Any(image => image == "localhost:8080/shop:r5"));
        return RemovedImages(machine);
    }

    private static IReadOnlyList<string> RemovedImages(ScriptedMachine machine)
    {
        const string call = "DELETE /v1.41/images/";
        return
        [
            .. machine.Engine.Calls
                .Where(made => made.StartsWith(call, StringComparison.Ordinal))
                .Select(made => Uri.UnescapeDataString(made[call.Length..])),
        ];
    }

    private ContainerRecord Add(ScriptedMachine machine, int number, string state, string imageId)
    {
        var (id, revision, hash) = ($"c{number}", $"r{number}", new string((char)('0' + number), 64));
        var at = _clock.GetUtcNow() - TimeSpan.FromDays(number + 1);
        machine.AddContainer(
            id,
            ContainerName.Create(ScriptedMachine.App, revision, LaunchConfigHash.Parse(hash)),
            $"localhost:8080/shop:{revision}",
            state,
            machine.LabelsOf(hash, revision),
            at,
            imageId);
        return new ContainerRecord(id, hash, revision, at);
    }
}
