using System.Text.Json.Nodes;
using WunderProxy.Deployments.Contracts;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Operations;

/// <summary>What a rollback needs is said before it is done: the container that runs, the kept one, a new one, or an image first.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class RollbackTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly Listener _told = new();

    [Test]
    public async Task Container_that_still_drains_is_only_switched_to()
    {
        await using var machine = await DeployTwiceAsync(machine => machine.Traffic.HoldDrains = new TaskCompletionSource().Task);

        var back = await machine.RollbackAsync("", _told);

        Assert.That((back.Method, back.Container), Is.EqualTo(("running", "made1")));
        Assert.That(_told.Messages, Has.Some.Contains("its container still runs"));
        await AssertBackAsync(machine);
    }

    [Test]
    public async Task Kept_container_is_started()
    {
        await using var machine = await DeployTwiceAsync();
        await machine.UntilContainersAreAsync("made1 exited", "made2 running");

        var back = await machine.RollbackAsync("", _told);

        Assert.That((back.Method, back.Container), Is.EqualTo(("started", "made1")));
        Assert.That(_told.Messages, Has.Some.Contains("its kept container is started"));
        await AssertBackAsync(machine);
    }

    [Test]
    public async Task Container_that_is_gone_is_created_from_its_image()
    {
        await using var machine = await DeployTwiceAsync();
        await LoseFirstAsync(machine);

        var back = await machine.RollbackAsync("", _told);

        Assert.That((back.Method, back.Container), Is.EqualTo(("created", "made3")));
        Assert.That(_told.Messages, Has.Some.Contains("a new container of its image is started"));
        await AssertBackAsync(machine);
    }

    [Test]
    public async Task Image_that_is_gone_is_pulled()
    {
        await using var machine = await DeployTwiceAsync();
        await LoseFirstAsync(machine);
        machine.Docker.MissingImages.Add("there:1");

        var back = await machine.RollbackAsync("", _told);

        Assert.That(back.Method, Is.EqualTo("pulled"));
        Assert.That(_told.Messages, Has.Some.Contains("its image has to be pulled first"));
        await AssertBackAsync(machine);
    }

    [Test]
    public async Task Image_that_only_a_bucket_has_is_loaded()
    {
        using var bucket = new TemporaryDirectory();
        await using var machine = await DeployTwiceAsync(change: config => config["ImageBucket"] = $"file:{bucket.FullPath}");
        await LoseFirstAsync(machine);
        ImageArchives.Write(Directory.CreateDirectory(Path.Combine(bucket.FullPath, "service")).FullName, "image.r1.tar", "there:1");
        machine.Docker.MissingImages.Add("there:1");
        machine.Docker.Registry = name => ScriptedDocker.Refusal(System.Net.HttpStatusCode.NotFound, $"{name}: not found");

        var back = await machine.RollbackAsync("", _told);

        Assert.That(back.Method, Is.EqualTo("loaded"));
        Assert.That(_told.Messages, Has.Some.Contains($"loaded from file:{bucket.FullPath}"));
        await AssertBackAsync(machine);
    }

    [TestCase("r1")]
    [TestCase("HASH")]
    public async Task Entry_is_named_by_revision_or_hash(string target)
    {
        await using var machine = await DeployTwiceAsync();
        await machine.DeployAsync("r3");

        var back = await machine.RollbackAsync(target == "HASH" ? machine.HashOf("r1") : target);

        Assert.That(back.Revision, Is.EqualTo("r1"));
        await AssertBackAsync(machine);
    }

    [Test]
    public async Task Revision_that_the_history_does_not_have_is_refused()
    {
        await using var machine = await DeployTwiceAsync();

        var refused = (await Assert.ThrowsAsync<DeploymentException>(() => machine.RollbackAsync("r9")))!;

        Assert.That((refused.Error, refused.Message), Is.EqualTo((DeploymentError.HistoryEmpty, "the history has no earlier entry of 'r9'")));
        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r2"));
    }

    [Test]
    public async Task Kept_container_that_does_not_come_up_is_replaced_by_a_new_one()
    {
        await using var machine = await DeployTwiceAsync();
        await machine.UntilContainersAreAsync("made1 exited", "made2 running");
        var isFirst = true;
        machine.OnStep = step =>
        {
            if (step == "rollback/Kept-Starting")
            {
                machine.RefuseStart = () => isFirst ? "no endpoint" : throw new AssertionException("asked again");
            }
            else if (step == "rollback/Starting-Failed")
            {
                isFirst = false;
                machine.Docker.RefuseStart = null;
            }
        };

        var back = await machine.RollbackAsync("", _told);

        Assert.That((back.Method, back.Container), Is.EqualTo(("created", "made3")));
        Assert.That(_told.Messages, Has.Some.Contains("the kept container did not come up: ").And.Some.Contains("no endpoint"));
        await AssertBackAsync(machine);
    }

    [Test]
    public async Task Kept_container_that_was_removed_by_hand_is_replaced_by_a_new_one()
    {
        await using var machine = await DeployTwiceAsync();
        await machine.UntilContainersAreAsync("made1 exited", "made2 running");
        machine.Docker.Remove("r1");

        var back = await machine.RollbackAsync("", _told);

        Assert.That((back.Method, back.Container), Is.EqualTo(("created", "made3")));
        Assert.That(_told.Messages, Has.Some.Contains("its kept container is started"), "as far as was known");
        await AssertBackAsync(machine);
    }

    /// <summary>r1, then r2, with the same image; r1 is retired unless drains are held.</summary>
    private async Task<ScriptedMachine> DeployTwiceAsync(Action<ScriptedMachine>? before = null, Action<JsonObject>? change = null)
    {
        var machine = new ScriptedMachine(_clock);
        await machine.StartAsync();
        before?.Invoke(machine);
        await machine.DeployAsync(machine.Config("r1", change));
        await machine.DeployAsync("r2");
        return machine;
    }

    /// <summary>Somebody removes the kept container, and the engine tells of it.</summary>
    private static async Task LoseFirstAsync(ScriptedMachine machine)
    {
        await machine.UntilContainersAreAsync("made1 exited", "made2 running");
        machine.Docker.Remove("r1");
        await machine.Docker.TellAsync("destroy", "made1");
        await ScriptedMachine.EventuallyAsync("it is noticed", () => Task.FromResult(machine.InCare is ["r2 current"]));
    }

    private static async Task AssertBackAsync(ScriptedMachine machine)
    {
        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r1"));
        Assert.That(await machine.HistoryAsync(), Is.EqualTo(new[] { "r1" }));
        Assert.That(await machine.CurrentAsync(), Is.EqualTo("r1"));
        Assert.That((await machine.EventsAsync())[^1], Is.EqualTo("rollback r1"));
    }
}
